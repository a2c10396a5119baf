"""The received messages, in the order of arrival."""

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import count

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class AlertNames:
    """The alerts that a message names.

    Attributes:
        firing: Names of firing alerts, each once.
        resolved: Names of resolved alerts, each once.
        status: The state of the message as a whole: ``firing``, ``resolved``, or empty.
    """

    firing: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """One received message.

    Attributes:
        id: Counts up from 1, and is never reused.
        receiver: ``slack``, ``pagerduty``, ``mail`` or ``deadman``.
        to: The channel, routing key, address or switch.
        at: Time of arrival, ISO 8601 in UTC.
        answered: The HTTP status or SMTP reply; 0 if there was no request to answer.
        problems: Deviations from the vendor's published format.
        status: ``firing`` or ``resolved``; of a switch ``beat`` (the first), ``missing`` or ``back``.
        alerts: Names of all alerts in it, each once.
        firing: The firing ones.
        resolved: The resolved ones.
        body: The message itself.
    """

    id: int
    receiver: str
    to: str
    at: str
    answered: int
    problems: tuple[str, ...]
    status: str
    alerts: tuple[str, ...]
    firing: tuple[str, ...]
    resolved: tuple[str, ...]
    body: object = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message before it is stored; attributes as in Received."""

    receiver: str
    to: str
    answered: int
    names: AlertNames = AlertNames()
    problems: Sequence[str] = ()
    body: object = None


class Inbox:
    """Keeps the most recent messages."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._kept: deque[Received] = deque(maxlen=MOST_KEPT)

    def keep(self, arrival: Arrival) -> None:
        """Store a message that arrives now."""
        names = arrival.names
        self._kept.append(
            Received(
                id=next(self._ids),
                receiver=arrival.receiver,
                to=arrival.to,
                at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                answered=arrival.answered,
                problems=tuple(arrival.problems),
                status=names.status,
                alerts=tuple(dict.fromkeys((*names.firing, *names.resolved))),
                firing=names.firing,
                resolved=names.resolved,
                body=arrival.body,
            )
        )

    def since(self, last: int) -> list[dict[str, object]]:
        """The messages after that id, as plain data, oldest first."""
        return [asdict(each) for each in self._kept if each.id > last]

    def clear(self) -> None:
        """Delete all messages; ids continue."""
        self._kept.clear()
