"""What arrived, kept in the order of arrival."""

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import count

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """What a message says of alerts, as far as it can be read from it.

    Attributes:
        firing: Names of alerts that fire, each once.
        resolved: Names of alerts that are over, each once.
        status: The message's own word on all of them together: ``firing``, ``resolved``, or empty.
    """

    firing: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """One message.

    Attributes:
        id: Counts from 1 and is never used again.
        receiver: ``slack``, ``pagerduty``, ``mail`` or ``deadman``.
        to: The channel, routing key, address or switch.
        at: Moment of arrival, ISO 8601 in UTC.
        answered: The HTTP status or SMTP reply that it got; 0 where nothing asked for an answer.
        problems: What is wrong with it by the vendor's published format.
        status: ``firing`` or ``resolved``; of a switch ``beat`` (the first), ``missing`` or ``back``.
        alerts: Names of all alerts in it, each once.
        firing: Those of them that fire.
        resolved: Those of them that are over.
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
    """A message before it is kept; the attributes are those of Received."""

    receiver: str
    to: str
    answered: int
    told: Told = Told()
    problems: Sequence[str] = ()
    body: object = None


class Inbox:
    """Keeps the last messages."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._kept: deque[Received] = deque(maxlen=MOST_KEPT)

    def keep(self, arrival: Arrival) -> None:
        """Keep a message that arrives now."""
        told = arrival.told
        self._kept.append(
            Received(
                id=next(self._ids),
                receiver=arrival.receiver,
                to=arrival.to,
                at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                answered=arrival.answered,
                problems=tuple(arrival.problems),
                status=told.status,
                alerts=tuple(dict.fromkeys((*told.firing, *told.resolved))),
                firing=told.firing,
                resolved=told.resolved,
                body=arrival.body,
            )
        )

    def since(self, last: int) -> list[dict[str, object]]:
        """Give the messages that came after that one, as plain data, oldest first."""
        return [asdict(each) for each in self._kept if each.id > last]

    def clear(self) -> None:
        """Forget all messages; ids go on."""
        self._kept.clear()
