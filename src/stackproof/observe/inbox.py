"""Asks receivers, stand-ins for Slack, PagerDuty and mail, what they got.

Their control API is one path: ``GET /received?since=ID`` gives a list of all that came after that message, each as an
object with ``id``, ``receiver``, ``to``, ``at`` (ISO 8601), ``answered``, ``problems``, ``status``, ``alerts`` (names),
``firing`` and ``resolved`` (those of them), and ``body``.
"""

import json
import time
from datetime import datetime

from pydantic import BaseModel, JsonValue, TypeAdapter

from stackproof.model import Message, MessageStatus
from stackproof.observe.json_api import WITHIN_S, JsonApi, Place, monotonic_of


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


class Inbox:
    """The receivers, asked for what is new; not to be shared between threads.

    What came before it first answered is old. A message is dated by the receivers' clock, but within what we know
    ourselves: it came after the last look that did not show it, and before the one that did.

    Args:
        place: The URL where ``/received`` is, or what gives it.
        within_s: Bound on each answer, in seconds.

    Raises:
        DeclarationError: The URL is none.
    """

    def __init__(self, place: Place, within_s: float = WITHIN_S) -> None:
        self._api = JsonApi("the receivers", place, within_s)
        self._last = "0"
        self._looked_s: float | None = None

    def new(self) -> tuple[Message, ...]:
        """What came since the last call; nothing at the first one.

        Raises:
            InconclusiveError: They do not answer, or not as they should.
        """
        asked_s, before_s = time.monotonic(), self._looked_s
        received = self._api.get("/received", _LIST, {"since": self._last})
        now_s = time.monotonic()
        self._looked_s = asked_s
        if received:
            self._last = str(received[-1].id)
        if before_s is None:
            return ()
        return tuple(_message(each, before_s, now_s) for each in received)

    def close(self) -> None:
        """Close its connection."""
        self._api.close()


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
