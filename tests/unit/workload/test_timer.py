import asyncio
import sys
import time
from collections.abc import Callable

import pytest

from stackproof.workload.timer import FdTimer, Timer, YieldTimer, precise_timer

TIMERS = [YieldTimer, pytest.param(FdTimer, marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux only"))]
Kind = Callable[[asyncio.AbstractEventLoop, Callable[[], None]], Timer]


async def expiries(kind: Kind, *at_s: float) -> list[float]:
    """Set the timer for these moments from now, one after the other; return when it expired, within a bound."""
    moments: list[float] = []
    done = asyncio.Event()

    def note() -> None:
        moments.append(time.monotonic())
        done.set()

    timer = kind(asyncio.get_running_loop(), note)
    for moment_s in at_s:
        timer.set(time.monotonic() + moment_s)
    try:
        await asyncio.wait_for(done.wait(), 20)
        await asyncio.sleep(0.01)
    finally:
        timer.close()
    return moments


@pytest.mark.parametrize("kind", TIMERS)
@pytest.mark.parametrize("in_s", [0.0005, 0.02])
def test_a_timer_never_expires_early(kind: Kind, in_s: float) -> None:
    """A request that is sent before it is due would have a negative lag."""
    began_s = time.monotonic()
    (at_s,) = asyncio.run(expiries(kind, in_s))
    assert at_s >= began_s + in_s


@pytest.mark.parametrize("kind", TIMERS)
def test_a_moment_in_the_past_expires_at_once(kind: Kind) -> None:
    """A generator that is late catches up."""
    assert len(asyncio.run(expiries(kind, -5))) == 1


@pytest.mark.parametrize("kind", TIMERS)
def test_a_timer_that_is_set_again_expires_once(kind: Kind) -> None:
    """Only the last moment counts."""
    began_s = time.monotonic()
    moments = asyncio.run(expiries(kind, 0.005, 0.02))
    assert len(moments) == 1
    assert moments[0] >= began_s + 0.02


def test_a_closed_timer_is_silent() -> None:
    """A moment that was set before does not expire."""

    async def silent() -> bool:
        called = asyncio.Event()
        timer = precise_timer(called.set)
        timer.set(time.monotonic() + 0.005)
        timer.close()
        await asyncio.sleep(0.03)
        return not called.is_set()

    assert asyncio.run(silent())
