"""Does work on data of others in a child process, so that no data costs more than a bound of time and memory.

A parser that hangs, takes all memory or crashes ends the child. What it was doing is then known, and a new child does
what is left.
"""

import ctypes
import faulthandler
import gc
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import TypeVar

_Result = TypeVar("_Result")

_FORK = get_context("fork")  # the work needs what is loaded here: a new interpreter would load it for a second
_PR_SET_PDEATHSIG = 1
_NO_MEMORY = 97  # an exit code of the child
_PICKLED_LEVELS = 5_000  # pickling calls itself a few times for each level of a result
_STDERR = 2
_MIB = 1 << 20


class End(Enum):
    """Why a piece of work has no result."""

    TIME = "time"
    """It took too long."""
    MEMORY = "memory"
    """It took too much memory."""
    CRASH = "crash"
    """It ended the whole process."""
    FAILURE = "failure"
    """It raised an exception."""
    NOT_BEGUN = "not begun"
    """The time for all of them was over before."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A piece of work that has no result.

    Attributes:
        end: Why.
        reason: The same in words that follow its name, such as "took longer than 10 s".
    """

    end: End
    reason: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much work may cost.

    Attributes:
        each_s: The time for each piece of work, in seconds.
        all_s: The time for all of them, in seconds since the fence was built; the first one has ``each_s`` in any case.
        memory_bytes: The memory for all of them, in addition to what the process had when the fence was built.
    """

    each_s: float
    all_s: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class _Shift:
    """What one child does.

    Attributes:
        tasks: The pieces of work, in order.
        until_s: When the time for all of them is over, on the monotonic clock.
        parent: The process that waits for the results.
    """

    tasks: Sequence[Callable[[], object]]
    until_s: float
    parent: int


class Fence:
    """Does work within bounds.

    Args:
        bounds: How much it may cost.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._built_s = time.monotonic()
        self._most_bytes = _mapped_bytes() + bounds.memory_bytes

    def results(self, tasks: Sequence[Callable[[], _Result]]) -> list[_Result | Ended]:
        """The result of each piece of work, or why it has none. They are done one after another.

        Args:
            tasks: The pieces of work. Results cross the border of a process, and so must be picklable.
        """
        until_s = max(time.monotonic() + self._bounds.each_s, self._built_s + self._bounds.all_s)
        results: list[_Result | Ended] = []
        while len(results) < len(tasks):
            results += self._of_one_child(_Shift(tasks[len(results) :], until_s, os.getpid()))
        return results

    def _of_one_child(self, shift: _Shift) -> list[_Result | Ended]:
        """The results up to the first piece of work that ends the child."""
        results: list[_Result | Ended] = []
        here, there = _FORK.Pipe(duplex=False)
        child = _FORK.Process(target=self._work, args=(shift, there), daemon=True)
        child.start()
        there.close()
        try:
            while len(results) < len(shift.tasks):
                results.append(here.recv())
        except (EOFError, OSError):
            child.join()
            results.append(self._ended(child.exitcode or 0, shift))
        finally:
            child.kill()
            child.join()
            here.close()
        return results

    def _work(self, shift: _Shift, results: Connection) -> None:
        """Run in the child: send the result of each piece of work."""
        _end_with(shift.parent)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends this process
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends this process, whatever it does
        os.dup2(os.open(os.devnull, os.O_WRONLY), _STDERR)  # last words of a parser are no message for a user,
        faulthandler.disable()  # nor are those of Python,
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # nor is a core dump
        _limit_memory(self._most_bytes)
        gc.disable()  # a third of the time of large files; the bound on memory holds, and this process soon ends
        for task in shift.tasks:
            try:
                results.send_bytes(self._pickled(task, shift.until_s))
            except MemoryError:
                os._exit(_NO_MEMORY)

    def _pickled(self, task: Callable[[], object], until_s: float) -> memoryview:
        """The result of one piece of work, made within its time."""
        left_s = min(self._bounds.each_s, until_s - time.monotonic())
        if left_s <= 0:
            reason = f"not begun, because all work before took {self._bounds.all_s:g} s"
            return ForkingPickler.dumps(Ended(End.NOT_BEGUN, reason))
        signal.setitimer(signal.ITIMER_REAL, left_s)
        result = _done(task)
        levels = sys.getrecursionlimit()
        sys.setrecursionlimit(_PICKLED_LEVELS)
        pickled = ForkingPickler.dumps(result)
        sys.setrecursionlimit(levels)
        signal.setitimer(signal.ITIMER_REAL, 0)  # the parent may be slow
        return pickled

    def _ended(self, code: int, shift: _Shift) -> Ended:
        """What the exit code of a child says."""
        if code == -signal.SIGALRM and time.monotonic() >= shift.until_s:
            return Ended(End.TIME, f"was ended when all work together had taken {self._bounds.all_s:g} s")
        if code == -signal.SIGALRM:
            return Ended(End.TIME, f"took longer than {self._bounds.each_s:g} s")
        if code == _NO_MEMORY:
            return Ended(End.MEMORY, f"took more than {self._bounds.memory_bytes // _MIB} MiB of memory")
        if code == -signal.SIGKILL:
            return Ended(End.MEMORY, "was ended by SIGKILL, as the kernel does when the machine has no more memory")
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        return Ended(End.CRASH, f"ended the process {how}")


def _done(task: Callable[[], object]) -> object:
    try:
        return task()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the other work is done
        return Ended(End.FAILURE, f"failed with {type(error).__name__}{_place(error)}: {error}")


def _place(error: BaseException) -> str:
    """Where an exception was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f" in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""


def _end_with(parent: int) -> None:
    """Let the kernel kill this process when its parent ends, even by SIGKILL (prctl(2), which only Linux has)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _limit_memory(most_bytes: int) -> None:
    """Let allocations fail beyond a bound, where the kernel tells how much there is already."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if sys.platform == "linux":
        allowed = most_bytes if hard == resource.RLIM_INFINITY else min(most_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))


def _mapped_bytes() -> int:
    """The addresses that this process has mapped, which is what RLIMIT_AS counts; only Linux tells."""
    if sys.platform != "linux":
        return 0
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
