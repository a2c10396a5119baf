"""Asks the policy service, OPA, whether a file may be stored."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from mime_server.requests import Send
from mime_server.settings import PolicySettings

MOST_CONNECTIONS = 8
TRIAL = Send("text/plain", 0, "", "")
"""What a probe asks about: any decision will do."""


class PolicyGoneError(Exception):
    """The policy service gave no decision; the message says why."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the policy allows a file, and its reasons if not."""

    allow: bool
    reasons: tuple[str, ...]


class PolicyService:
    """A policy service, and a pool of connections to it."""

    def __init__(self, settings: PolicySettings) -> None:
        self._url = settings.url
        self._within_s = settings.within_s
        # The name is resolved for each connection: a service that was restarted may have another address.
        connector = TCPConnector(limit=MOST_CONNECTIONS, use_dns_cache=False)
        self._session = ClientSession(connector=connector, timeout=ClientTimeout(total=settings.within_s))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._session.close()

    async def decide(self, send: Send) -> Decision:
        """Ask about a file.

        Raises:
            PolicyGoneError: No decision in time.
        """
        asked = {
            "command": "SEND",
            "mime_type": send.mime_type,
            "size": send.size_bytes,
            "user_id": send.user_id,
            "file_name": send.file_name,
        }
        try:
            async with self._session.post(self._url, json={"input": asked}) as answer:
                return _decision(answer.status, await answer.read())
        except TimeoutError:
            raise PolicyGoneError(f"the policy service did not answer within {self._within_s:g} s") from None
        except ClientError as error:
            raise PolicyGoneError(f"the policy service cannot be asked: {error}") from error

    async def why_not_asked(self) -> str:
        """Why it gives no decision, or an empty text."""
        try:
            await self.decide(TRIAL)
        except PolicyGoneError as error:
            return str(error)
        return ""


def _decision(status: int, answer: bytes) -> Decision:
    """Parse an answer of OPA's data API, https://www.openpolicyagent.org/docs/rest-api#get-a-document-with-input.

    Raises:
        PolicyGoneError: It is not a decision; OPA answers without a result if the document does not exist.
    """
    try:
        match json.loads(answer):
            case {"result": {"allow": bool(allow), "reasons": list(reasons)}} if status == HTTPStatus.OK:
                return Decision(allow, tuple(map(str, reasons)))
    except ValueError:
        pass
    raise PolicyGoneError(
        f"expected allow and reasons from the policy service, saw status {status} and {answer[:200]!r}"
    )
