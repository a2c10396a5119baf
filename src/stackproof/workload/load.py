"""A load in a process of its own, so that nothing its parent does disturbs the moments at which requests go out."""

import pickle
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

from stackproof.model import Sample
from stackproof.protocols.mime.ledger import Acknowledged, Ledger
from stackproof.workload.frames import Batch, Failed, Finished, Frame, Ready, read_frame, unpack
from stackproof.workload.plan import LoadPlan, encode_plan
from stackproof.workload.process import LoadError, WorkerProcess
from stackproof.workload.result import LoadResult

OnSamples = Callable[[Sequence[Sample]], None]

START_IN_S = 0.02
"""How long before its first request a load is told to go, in seconds: time for the word to reach its process."""

_READY_WITHIN_S = 60.0
_TO_SPARE_S = 30.0
_END_WITHIN_S = 5.0


def _ignore(_samples: Sequence[Sample]) -> None:
    """What happens to samples that nobody asked for."""


def start_load(plan: LoadPlan, on_samples: OnSamples = _ignore, process: WorkerProcess | None = None) -> "RunningLoad":
    """Start the process of a load; requests wait for ``RunningLoad.go``.

    Args:
        plan: What to do.
        on_samples: Told of the requests that ended, about ten times a second, from a thread of its own.
        process: The process, where it was started before; it ends with the load.

    Raises:
        LoadError: The process cannot be started.
    """
    return RunningLoad(plan, on_samples, process or WorkerProcess())


def run_load(plan: LoadPlan, on_samples: OnSamples = _ignore) -> LoadResult:
    """Run a load from start to end.

    Raises:
        LoadError: It could not be carried through.
    """
    with start_load(plan, on_samples) as load:
        load.go()
        return load.wait()


class RunningLoad:
    """A load from its process's start to its end; leaving the ``with`` block ends the process.

    Args:
        plan: What to do.
        on_samples: Told of the requests that ended.
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
        """When the first offset of the schedule was, on the monotonic clock.

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
        """True where no more samples come, be it that the schedule is over or that the process died; ``wait`` tells."""
        return not self._thread.is_alive()

    def ready(self, timeout_s: float = _READY_WITHIN_S) -> None:
        """Wait until the process can start at once.

        Raises:
            LoadError: It died, or it is not ready in time.
        """
        if not self._ready.wait(timeout_s):
            raise LoadError(f"the load generator was not ready within {timeout_s:g} s")
        self._check()

    def go(self, at_s: float | None = None) -> None:
        """Start the clock.

        Args:
            at_s: Moment of the schedule's offset 0, on the monotonic clock; as soon as possible where it is None.

        Raises:
            LoadError: The process died, or it is not ready in time.
        """
        self.ready()
        self._started_s = time.monotonic() + START_IN_S if at_s is None else at_s
        try:
            self._process.say(f"go {self._started_s!r}\n".encode())
        except BrokenPipeError:
            raise self._died() from None

    def stop(self) -> None:
        """Send no more; ``wait`` then tells of what was sent. Nothing happens where the load is over.

        Raises:
            LoadError: It was not started.
        """
        _ = self.started_s
        with suppress(BrokenPipeError):
            self._process.say(b"stop\n")

    def wait(self, timeout_s: float | None = None) -> LoadResult:
        """Wait for the end.

        Args:
            timeout_s: How long; enough for the schedule and all deadlines where it is None.

        Raises:
            LoadError: The process died, or did not end in time, or its samples are not complete.
        """
        if timeout_s is None:
            timeout_s = self.started_s - time.monotonic() + self._plan.longest_s + _TO_SPARE_S
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
        """End the process, if it is there, and wait until it is gone."""
        if not self._process.has_ended:
            self._process.end()
        self._thread.join(_END_WITHIN_S)
        self._process.close()

    def _read(self) -> None:
        """Runs in the reader thread: take in all frames until the process ends its output."""
        try:
            self._process.say(encode_plan(self._plan))
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
        """Raise what ended the reading, if anything did before the load was over."""
        match self._error:
            case None:
                if self._finished is None and self._process.has_ended:
                    raise self._died()
            case BrokenPipeError() | EOFError() | pickle.UnpicklingError():
                raise self._died() from self._error
            case error:
                raise error

    def _died(self) -> LoadError:
        """What to say of a process that is gone."""
        how, words = self._process.how_it_ended(), self._process.last_words()
        said = f"; its last words:\n{words}" if words else ""
        sent = f"{self._received} requests of {self._plan.name} had been told"
        return LoadError(f"the load generator ended {how} before the load was over; {sent}{said}")
