"""Waits for a state, with a bound: no test and no command sleeps for a time that it hopes is long enough."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

POLL_S = 0.05
"""How long to pause between two looks where nothing is said, in seconds."""

_Seen = TypeVar("_Seen")


@dataclass(frozen=True, slots=True)
class Waited(Generic[_Seen]):
    """What came of a wait.

    Attributes:
        seen: What the last look saw.
        in_time: True where it was what was waited for.
        took_s: Seconds from the first look to the last.
    """

    seen: _Seen
    in_time: bool
    took_s: float


def wait_until(
    look: Callable[[], _Seen],
    satisfied: Callable[[_Seen], object] = bool,
    *,
    within_s: float,
    poll_s: float = POLL_S,
) -> Waited[_Seen]:
    """Look again and again until what is seen satisfies, or the bound has passed; it looks once at least.

    Args:
        look: Gives what there is to see now. An error that it raises ends the wait.
        satisfied: Whether that is what is waited for; where it is true of itself if none is given.
        within_s: How long to go on looking, in seconds.
        poll_s: How long to pause between two looks, in seconds.
    """
    start_s = time.monotonic()
    while True:
        seen = look()
        took_s = time.monotonic() - start_s
        if satisfied(seen):
            return Waited(seen, in_time=True, took_s=took_s)
        if took_s >= within_s:
            return Waited(seen, in_time=False, took_s=took_s)
        time.sleep(min(poll_s, within_s - took_s))
