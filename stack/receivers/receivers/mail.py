"""A mail server that accepts every message and delivers none.

SMTP: RFC 5321, by aiosmtpd. Required headers: RFC 5322, section 3.6.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern

from aiosmtpd.smtp import SMTP, Envelope, Session

from receivers.behaviour import Behaviours, Vendor
from receivers.inbox import AlertNames, Arrival, Inbox
from receivers.names import names_in

REQUIRED_HEADERS = ("Date", "From", "To", "Subject", "Message-Id")
ACCEPTED = 250


class Mail:
    """A handler for aiosmtpd."""

    def __init__(self, inbox: Inbox, behaviours: Behaviours) -> None:
        self._inbox = inbox
        self._behaviours = behaviours

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Store a message, and answer."""
        message = _parsed(envelope)
        status = self._behaviours.failure(Vendor.MAIL) or ACCEPTED
        to = ", ".join(envelope.rcpt_tos)
        arrival = Arrival(
            Vendor.MAIL, to, status, _alert_names(message), _problems(message), _fields(envelope, message)
        )
        self._inbox.keep(arrival)
        await self._behaviours.delay(Vendor.MAIL)
        return f"{status} Message accepted for delivery" if status == ACCEPTED else f"{status} Set to fail"


@asynccontextmanager
async def mail_server(mail: Mail, host: str, port: int) -> AsyncIterator[int]:
    """Accept mail for as long as the block runs, and yield the port; port 0 picks a free one."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mail, hostname="receivers", ident="stand-in", loop=loop), host, port)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _parsed(envelope: Envelope) -> EmailMessage:
    content = envelope.content or b""
    raw = content if isinstance(content, bytes) else content.encode()
    return BytesParser(EmailMessage, policy=modern).parsebytes(raw)


def _problems(message: EmailMessage) -> tuple[str, ...]:
    missing = [f"expected a header {name}, saw none" for name in REQUIRED_HEADERS if name not in message]
    broken = [f"the message is malformed: {defect}" for part in message.walk() for defect in part.defects]
    return (*missing, *broken)


def _alert_names(message: EmailMessage) -> AlertNames:
    """Our Alertmanager names the alerts in two headers."""
    firing = names_in(str(message.get("X-Alerts-Firing", "")))
    resolved = names_in(str(message.get("X-Alerts-Resolved", "")))
    return AlertNames(firing, resolved, "firing" if firing else "resolved" if resolved else "")


def _fields(envelope: Envelope, message: EmailMessage) -> dict[str, object]:
    text = message.get_body(("plain", "html"))
    return {
        "from": envelope.mail_from or "",
        "to": list(envelope.rcpt_tos),
        "headers": {name: str(value) for name, value in message.items()},
        "text": text.get_content() if text else "",
    }
