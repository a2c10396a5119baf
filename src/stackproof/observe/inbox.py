"""Reads the notifications that test receivers for Slack, PagerDuty and mail got.

Their control API has one path: ``GET /received?since=ID`` gives a list of all messages after that one. Each is an
object with ``id``, ``receiver``, ``to``, ``at`` (ISO 8601), ``answered``, ``problems``, ``status``, ``alerts`` (names),
``firing`` and ``resolved`` (those of them), and ``body``.
"""

import json
import time
from datetime import datetime

from pydantic import BaseModel, JsonValue, TypeAdapter

from stackproof.model import Message, MessageStatus
from stackproof.observe.json_api import WITHIN_S, ApiClient, ApiUrl, monotonic_of


class _Received(BaseModel):
    id: int | str
    receiver: str
    to: str = ""
    at: datetime
    answered: int
    problems: list[str] = []
    status: MessageStatus
    alerts: list[str]
    firing: list[str] = []
    resolved: list[str] = []
    body: JsonValue = None


_LIST = TypeAdapter(list[_Received])


class Inbox(ApiClient):
    """A client of the receivers' control API that gives new messages; its base URL is that of ``/received``.

    Messages from before the first request do not count as new. A message has the time of the receivers' clock, limited
    to what we know ourselves: it arrived between the last request that did not show it and the one that did.
    """

    server = "the receivers"

    def __init__(self, url: ApiUrl, within_s: float = WITHIN_S) -> None:
        super().__init__(url, within_s)
        self._last = "0"
        self._requested_s: float | None = None

    def new(self) -> tuple[Message, ...]:
        """The messages since the last call; none at the first call.

        Raises:
            InconclusiveError: They do not answer, or the answer does not fit their API.
        """
        requested_s, before_s = time.monotonic(), self._requested_s
        received = self._api.get("/received", _LIST, {"since": self._last})
        now_s = time.monotonic()
        self._requested_s = requested_s
        if received:
            self._last = str(received[-1].id)
        if before_s is None:
            return ()
        return tuple(_message(each, before_s, now_s) for each in received)


def _message(received: _Received, before_s: float, now_s: float) -> Message:
    return Message(
        id=str(received.id),
        receiver=received.receiver,
        to=received.to,
        at_s=min(max(monotonic_of(received.at), before_s), now_s),
        status=received.status,
        alerts=tuple(received.alerts),
        answered=received.answered,
        problems=tuple(received.problems),
        body=json.dumps(received.body, ensure_ascii=False, sort_keys=True),
        firing=tuple(received.firing),
        resolved=tuple(received.resolved),
    )
