"""Runs on a quickened clock take turns on a machine.

With an hour in a minute, a scrape that comes a second late is a minute late: two such runs side by side would refute
what holds, or decide nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from filelock import FileLock, Timeout

from stackproof.machine.locks import machine_lock
from stackproof.model import EngineError

_LOOK_EVERY_S = 0.5


@contextmanager
def turn(clock: float, tell: Callable[[str], None], given_up: Event) -> Iterator[None]:
    """Ground for one run on its clock; a quickened one waits until no other one is under way.

    A run that dies, however it does, gives its turn back: the kernel does it.

    Args:
        clock: How many times as fast rules, routes and scraping run.
        tell: Is told where there is a wait.
        given_up: Set where nobody wants the run any more.

    Raises:
        EngineError: It was given up while it waited.
    """
    if clock == 1:
        yield
        return
    lock = machine_lock("quickened-clock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        tell("waiting for another run on a quickened clock to end: two at once would spoil each other's times")
        _wait(lock, given_up)
    try:
        yield
    finally:
        lock.release()


def _wait(lock: FileLock, given_up: Event) -> None:
    try:
        lock.acquire(poll_interval=_LOOK_EVERY_S, cancel_check=given_up.is_set)
    except Timeout:
        raise EngineError("the run was given up while it waited for its turn") from None
