"""Runs a load in a process of its own, so that nothing in the parent delays a request."""

import pickle
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

from stackproof.model import Sample
from stackproof.protocols.ledger import Acknowledged, Ledger
from stackproof.workload.frames import Batch, Failed, Finished, Frame, Ready, read_frame, unpack
from stackproof.workload.plan import LoadPlan, encode_plan
from stackproof.workload.process import LoadError, WorkerProcess
from stackproof.workload.result import LoadResult

OnSamples = Callable[[Sequence[Sample]], None]

START_IN_S = 0.02
"""How long before its first request the command to start is sent, in seconds: it has to reach the process."""

_READY_WITHIN_S = 60.0
_MARGIN_S = 30.0
_END_WITHIN_S = 5.0


def _ignore(_samples: Sequence[Sample]) -> None:
    """Discard samples."""


def start_load(plan: LoadPlan, on_samples: OnSamples = _ignore, process: WorkerProcess | None = None) -> "RunningLoad":
    """Start the process of a load; the first request waits for ``RunningLoad.go``.

    Args:
        plan: The load.
        on_samples: Called about ten times a second, on another thread, with the requests that ended.
        process: A process that was started before, if there is one; it ends with the load.

    Raises:
        LoadError: The process cannot be started.
    """
    return RunningLoad(plan, on_samples, process or WorkerProcess())


def run_load(plan: LoadPlan, on_samples: OnSamples = _ignore) -> LoadResult:
    """Run a load from start to end.

    Raises:
        LoadError: It could not be completed.
    """
    with start_load(plan, on_samples) as load:
        load.go()
        return load.wait()


class RunningLoad:
    """A load, from the start of its process to its end; leaving the ``with`` block ends the process.

    Args:
        plan: The load.
        on_samples: Called with the requests that ended.
        process: The process.
    """

    def __init__(self, plan: LoadPlan, on_samples: OnSamples, process: WorkerProcess) -> None:
        self._plan = plan
        self._on_samples = on_samples
        self._ready = Event()
        self._received = 0
        self._acknowledged: list[Acknowledged] = []
        self._finished: Finished | None = None
        self._error: BaseException | None = None
        self._started_s: float | None = None
        self._process = process
        self._thread = Thread(target=self._read, name=f"load {plan.name}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def started_s(self) -> float:
        """The moment of the schedule's offset 0, on the monotonic clock.

        Raises:
            LoadError: It was not started.
        """
        if self._started_s is None:
            raise LoadError(f"the load on {self._plan.target} was not started", fix="call go() first")
        return self._started_s

    @property
    def pid(self) -> int:
        """Process id of the worker."""
        return self._process.pid

    @property
    def is_over(self) -> bool:
        """True if no more samples come: the schedule is over or the process died; ``wait`` distinguishes them."""
        return not self._thread.is_alive()

    def ready(self, timeout_s: float = _READY_WITHIN_S) -> None:
        """Wait until the process can start at once.

        Raises:
            LoadError: It died, or was not ready in time.
        """
        if not self._ready.wait(timeout_s):
            raise LoadError(f"the load generator was not ready within {timeout_s:g} s")
        self._check()

    def go(self, at_s: float | None = None) -> None:
        """Start the clock.

        Args:
            at_s: Moment of the schedule's offset 0, on the monotonic clock; None for as soon as possible.

        Raises:
            LoadError: The process died, or was not ready in time.
        """
        self.ready()
        self._started_s = time.monotonic() + START_IN_S if at_s is None else at_s
        try:
            self._process.write(f"go {self._started_s!r}\n".encode())
        except BrokenPipeError:
            raise self._died() from None

    def stop(self) -> None:
        """Stop sending; ``wait`` then reports what was sent. Does nothing if the load is over.

        Raises:
            LoadError: It was not started.
        """
        _ = self.started_s
        with suppress(BrokenPipeError):
            self._process.write(b"stop\n")

    def wait(self, timeout_s: float | None = None) -> LoadResult:
        """Wait for the end.

        Args:
            timeout_s: How long; None for long enough for the schedule and all deadlines.

        Raises:
            LoadError: The process died, did not end in time, or some of its samples are missing.
        """
        if timeout_s is None:
            timeout_s = self.started_s - time.monotonic() + self._plan.longest_s + _MARGIN_S
        self._thread.join(max(0.0, timeout_s))
        if self._thread.is_alive():
            raise LoadError(f"the load on {self._plan.target} did not end within {timeout_s:g} s")
        self._check()
        if self._finished is None:
            raise self._died()
        report, summary = self._finished.report, self._finished.summary
        if self._received != report.sent:
            raise LoadError(f"expected {report.sent} samples of {self._plan.name}, saw {self._received}")
        return LoadResult(self._plan, report, summary, Ledger(tuple(self._acknowledged)))

    def close(self) -> None:
        """End the process, if it still runs, and wait for its end."""
        if not self._process.has_ended:
            self._process.end()
        self._thread.join(_END_WITHIN_S)
        self._process.close()

    def _read(self) -> None:
        """Read all frames until the last one; runs on a thread of its own."""
        try:
            self._process.write(encode_plan(self._plan))
            while not self._finished:
                self._take(read_frame(self._process.output))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._error = error
            self._process.end()
        finally:
            self._process.wait()
            self._ready.set()

    def _take(self, frame: Frame) -> None:
        match frame:
            case Ready():
                self._ready.set()
            case Batch() as batch:
                samples = tuple(unpack(batch, self._plan.name))
                self._received += len(samples)
                self._acknowledged += batch.acknowledged
                self._on_samples(samples)
            case Finished() as finished:
                self._finished = finished
            case Failed(message):
                raise LoadError(message)

    def _check(self) -> None:
        """Raise the error that ended the reading before the load was over, if there was one."""
        match self._error:
            case None:
                if self._finished is None and self._process.has_ended:
                    raise self._died()
            case BrokenPipeError() | EOFError() | pickle.UnpicklingError():
                raise self._died() from self._error
            case error:
                raise error

    def _died(self) -> LoadError:
        """Describe the end of a process that died."""
        how, errors = self._process.how_it_ended(), self._process.error_output()
        output = f"; its error output:\n{errors}" if errors else ""
        reported = f"{self._received} requests of {self._plan.name} were reported"
        return LoadError(f"the load generator ended {how} before the load was over; {reported}{output}")
