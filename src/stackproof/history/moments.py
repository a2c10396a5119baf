"""The time of an entry on both clocks, and the ids that link entries."""

import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_NS = 1e9


class Moment(NamedTuple):
    """One moment on both clocks; the first two fields of every event.

    Attributes:
        at_s: On the monotonic clock.
        wall: As an aware datetime.
    """

    at_s: float
    wall: datetime


def now() -> Moment:
    """This moment."""
    return Moment(time.monotonic(), datetime.now(UTC))


def moment_at(at_s: float) -> Moment:
    """A moment of the monotonic clock."""
    this = now()
    return Moment(at_s, this.wall - timedelta(seconds=this.at_s - at_s))


def moment_of(wall_ns: int) -> Moment:
    """A moment of the wall clock, in nanoseconds since 1970."""
    wall = datetime.fromtimestamp(wall_ns / _NS, UTC)
    this = now()
    return Moment(this.at_s - (this.wall - wall).total_seconds(), wall)


def new_id() -> str:
    """An id that no other entry of the run has."""
    return secrets.token_hex(4)
