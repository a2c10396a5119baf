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
"""What a probe asks about: whatever is decided of it, it was decided."""


class PolicyGoneError(Exception):
    """The policy service gave no decision; the message says why."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says of a file, with its reasons where it is refused."""

    allow: bool
    reasons: tuple[str, ...]


class PolicyService:
    """A policy service and the connections to it, which are kept while they are of use."""

    def __init__(self, settings: PolicySettings) -> None:
        self._url = settings.url
        self._within_s = settings.within_s
        # The name is looked up whenever it connects: a service that was started again may be elsewhere.
        connector = TCPConnector(limit=MOST_CONNECTIONS, use_dns_cache=False)
        self._session = ClientSession(connector=connector, timeout=ClientTimeout(total=settings.within_s))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._session.close()

    async def decide(self, send: Send) -> Decision:
        """Ask about a file.

        Raises:
            PolicyGoneError: No decision came in time.
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
            raise PolicyGoneError(f"the policy service gave no answer within {self._within_s:g} s") from None
        except ClientError as error:
            raise PolicyGoneError(f"the policy service can't be asked: {error}") from error

    async def why_not_asked(self) -> str:
        """Find out whether it decides: why not, or an empty text."""
        try:
            await self.decide(TRIAL)
        except PolicyGoneError as error:
            return str(error)
        return ""


def _decision(status: int, answer: bytes) -> Decision:
    """Read an answer of OPA's data API, https://www.openpolicyagent.org/docs/rest-api#get-a-document-with-input.

    Raises:
        PolicyGoneError: It is no decision; OPA says nothing of a document that it does not have.
    """
    try:
        match json.loads(answer):
            case {"result": {"allow": bool(allow), "reasons": list(reasons)}} if status == HTTPStatus.OK:
                return Decision(allow, tuple(map(str, reasons)))
    except ValueError:
        pass
    raise PolicyGoneError(
        f"expected a decision of the policy service, allow and reasons, saw status {status} and {answer[:200]!r}"
    )
