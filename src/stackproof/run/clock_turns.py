"""Runs on a faster clock take turns on a machine.

With an hour in a minute, a scrape that is a second late is a minute late: two such runs at once would refute what
holds, or decide nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from filelock import FileLock, Timeout

from stackproof.machine.locks import machine_lock
from stackproof.model import EngineError

_LOOK_EVERY_S = 0.5


@contextmanager
def clock_turn(clock: float, report: Callable[[str], None], abandoned: Event) -> Iterator[None]:
    """Hold the machine's one place for a run on a faster clock; in real time there is nothing to hold.

    The kernel frees the place of a run that dies.

    Args:
        clock: How many times as fast rules, routes and scraping run.
        report: Takes a line where there is a wait.
        abandoned: Set when the run is not wanted any more.

    Raises:
        EngineError: It was abandoned while it waited.
    """
    if clock == 1:
        yield
        return
    lock = machine_lock("quickened-clock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        report("waiting for another run on a faster clock to end: two at once would spoil each other's times")
        _wait(lock, abandoned)
    try:
        yield
    finally:
        lock.release()


def _wait(lock: FileLock, abandoned: Event) -> None:
    try:
        lock.acquire(poll_interval=_LOOK_EVERY_S, cancel_check=abandoned.is_set)
    except Timeout:
        raise EngineError("the run was given up while it waited for its turn") from None
