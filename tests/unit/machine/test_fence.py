"""Work on data of others costs no more than its bounds, and what exceeds them ends nothing else."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from math import inf
from pathlib import Path

import pytest

from stackproof.machine.fence import Bounds, End, Ended, Fence

BOUNDS = Bounds(each_s=20, all_s=inf, memory_bytes=200 << 20)
HASTY = replace(BOUNDS, each_s=0.5)
KERNEL = "as the kernel does when the machine has no more memory"
ENDLESS_CHILD = """
import sys
from itertools import count
from math import inf
from stackproof.machine.fence import Bounds, Fence
def count_for_ever():
    print(__import__("os").getpid(), flush=True)
    return [0 for each in count() if each < 0]
Fence(Bounds(each_s=60, all_s=inf, memory_bytes=1 << 30)).results([count_for_ever])
"""


def _never_ends() -> int:
    return next(each for each in count() if each < 0)


def _sleeps_in_the_kernel() -> int:
    here, _there = os.pipe()
    return len(os.read(here, 1))


def _eats_memory() -> int:
    return len([bytes(1 << 20) for _ in range(1000)])


def _has_a_mistake() -> int:
    return {"a": 1}["b"]


def _gets(ending: signal.Signals) -> int:
    os.kill(os.getpid(), ending)
    return 0


def _value(number: int) -> int:
    return number


def _nested(levels: int) -> list[object]:
    nested: list[object] = []
    for _ in range(levels):
        nested = [nested]
    return nested


def _ends(task: Callable[[], int], bounds: Bounds = BOUNDS) -> Ended:
    """How a piece of work ends between two sound ones, which both have their results."""
    tasks: list[Callable[[], int]] = [partial(_value, 1), task, partial(_value, 2)]
    before, ended, after = Fence(bounds).results(tasks)
    assert before == 1
    assert after == 2
    assert isinstance(ended, Ended)
    return ended


@pytest.mark.parametrize(
    ("task", "end", "reason"),
    [
        (_eats_memory, End.MEMORY, "took more than 200 MiB of memory"),
        (os.abort, End.CRASH, "ended the process by SIGABRT"),
        (partial(_gets, signal.SIGSEGV), End.CRASH, "ended the process by SIGSEGV"),
        (partial(_gets, signal.SIGKILL), End.MEMORY, f"was ended by SIGKILL, {KERNEL}"),
        (partial(os._exit, 3), End.CRASH, "ended the process with exit code 3"),
    ],
)
def test_what_swells_or_crashes_is_ended_and_named(task: Callable[[], int], end: End, reason: str) -> None:
    """A leak and a crash end one piece of work; those before and after it are done."""
    assert _ends(task) == Ended(end, reason)


@pytest.mark.parametrize("task", [_never_ends, _sleeps_in_the_kernel])
def test_what_hangs_is_ended_and_named(task: Callable[[], int]) -> None:
    """A loop without end, and a wait for what never comes."""
    assert _ends(task, HASTY) == Ended(End.TIME, "took longer than 0.5 s")


def test_an_exception_is_named_with_its_place() -> None:
    """A mistake of ours can be reported, and hides nothing else."""
    ended = _ends(_has_a_mistake)
    assert ended.end is End.FAILURE
    assert ended.reason.startswith("failed with KeyError in test_fence.py:")


def test_all_of_them_together_have_a_bound() -> None:
    """What was not begun in time is told apart from what took too long."""
    begun_s = time.monotonic()
    tasks: list[Callable[[], int]] = [_never_ends, _never_ends, _never_ends, partial(_value, 1)]
    first, second, third, last = Fence(Bounds(each_s=0.3, all_s=0.5, memory_bytes=200 << 20)).results(tasks)
    assert time.monotonic() - begun_s < 10
    assert first == Ended(End.TIME, "took longer than 0.3 s")
    assert second == Ended(End.TIME, "was ended when all work together had taken 0.5 s")
    assert third == last == Ended(End.NOT_BEGUN, "not begun, because all work before took 0.5 s")


def test_memory_is_counted_for_each_child_anew() -> None:
    """What is read after a file that took all memory has as much as it had before."""
    sound = partial(_value, 3)
    tasks: list[Callable[[], int]] = [_eats_memory, sound, _eats_memory, sound]
    results = Fence(BOUNDS).results(tasks)
    assert [each for each in results if not isinstance(each, Ended)] == [3, 3]


def test_a_deeply_nested_result_comes_whole() -> None:
    """Routes nest; their way between two processes has no lower bound than reading them has."""
    (result,) = Fence(BOUNDS).results([partial(_nested, 600)])
    assert isinstance(result, list)


def test_a_parser_prints_nothing_when_it_dies(capfd: pytest.CaptureFixture[str]) -> None:
    """Last words of a library on standard error are no message for a user."""

    def shouts() -> int:
        os.write(2, b"panicked at ...\n")
        os.abort()

    assert _ends(shouts).end is End.CRASH
    assert capfd.readouterr().err == ""


def test_no_work_starts_no_process() -> None:
    """A command that has no files of a kind does not pay for them."""
    assert Fence(BOUNDS).results([]) == []


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_no_child_is_left_when_its_parent_ends(ending: signal.Signals) -> None:
    """Neither Ctrl-C nor kill -9 leaves a process that goes on for ever."""
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS_CHILD], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(ending)
        parent.wait(10)
    deadline_s = time.monotonic() + 10
    while _runs(child):
        assert time.monotonic() < deadline_s


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
