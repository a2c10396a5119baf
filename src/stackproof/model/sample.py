"""What a load generator records: each request, and a report on the generator itself."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a request ended."""

    OK = "ok"
    REFUSED = "refused"
    RESET = "reset"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    UNAVAILABLE = "unavailable"
    REJECTED = "rejected"
    WRONG = "wrong"

    @property
    def reached(self) -> bool:
        """True if the service answered at all."""
        return self in {Outcome.OK, Outcome.REJECTED, Outcome.WRONG}


@dataclass(frozen=True, slots=True)
class Sample:
    """One request of a load.

    Attributes:
        stream: What it measures: a link and, after a blank, the load's profile, such as ``front/api:80 normal``.
        intended_s: When it was due, on the monotonic clock.
        started_s: When it was sent.
        ended_s: When its answer was complete, or it failed.
        outcome: How it ended: ``unavailable`` is an answer of 502, 503, 504 or "busy", ``rejected`` an error answer,
            ``wrong`` an answer with the wrong content, ``closed`` a connection that ended without an answer.
        detail: The status, code or exception's name; empty after a success.
    """

    stream: str
    intended_s: float
    started_s: float
    ended_s: float
    outcome: Outcome
    detail: str = ""

    @property
    def latency_s(self) -> float:
        """Time from when it was due to its end, so that a stalled server cannot hide its queue."""
        return self.ended_s - self.intended_s

    @property
    def lag_s(self) -> float:
        """How late the generator itself was."""
        return self.started_s - self.intended_s


@dataclass(frozen=True, slots=True)
class LoadReport:
    """A load generator's report on itself, made when it ends.

    Attributes:
        stream: As in Sample.
        planned: Requests in the schedule.
        sent: Requests that were sent.
        dropped: Requests that were not sent because too many were open.
        lag_p99_s: 99th percentile of the generator's own lag, in seconds.
        kept_up: False if the generator fell behind its schedule, so that its numbers prove nothing.
    """

    stream: str
    planned: int
    sent: int
    dropped: int
    lag_p99_s: float
    kept_up: bool
