"""A load in a process of its own, so that nothing its parent does disturbs the moments at which requests go out."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from tempfile import TemporaryFile
from threading import Event, Thread
from types import TracebackType
from typing import BinaryIO, Self, cast

from pydantic import ValidationError

from stackproof.model import Sample, StackproofError
from stackproof.workload.frames import Batch, Failed, Finished, Ready, decode, read_exactly, unpack
from stackproof.workload.ledger import Acknowledged, Ledger
from stackproof.workload.plan import LoadPlan, encode_plan
from stackproof.workload.result import LoadResult

OnSamples = Callable[[Sequence[Sample]], None]

_COMMAND = (sys.executable, "-P", "-m", "stackproof.workload.worker")
_START_IN_S = 0.05
_READY_WITHIN_S = 60.0
_TO_SPARE_S = 30.0
_END_WITHIN_S = 5.0
_LAST_WORDS = 2000


class LoadError(StackproofError):
    """A load could not be carried through, so that its numbers would be short."""


def _ignore(_samples: Sequence[Sample]) -> None:
    """What happens to samples that nobody asked for."""


def start_load(plan: LoadPlan, on_samples: OnSamples = _ignore) -> "RunningLoad":
    """Start the process of a load; requests wait for ``RunningLoad.go``.

    Args:
        plan: What to do.
        on_samples: Told of the requests that ended, about ten times a second, from a thread of its own.

    Raises:
        LoadError: The process cannot be started.
    """
    return RunningLoad(plan, on_samples)


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
    """

    def __init__(self, plan: LoadPlan, on_samples: OnSamples) -> None:
        self._plan = plan
        self._on_samples = on_samples
        self._ready = Event()
        self._received = 0
        self._acknowledged: list[Acknowledged] = []
        self._finished: Finished | None = None
        self._error: BaseException | None = None
        self._started_s: float | None = None
        self._stderr = TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._process = self._spawn()
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
        self._started_s = time.monotonic() + _START_IN_S if at_s is None else at_s
        try:
            self._say(f"go {self._started_s!r}\n")
        except BrokenPipeError:
            raise self._died() from None

    def stop(self) -> None:
        """Send no more; ``wait`` then tells of what was sent. Nothing happens where the load is over.

        Raises:
            LoadError: It was not started.
        """
        _ = self.started_s
        with suppress(BrokenPipeError):
            self._say("stop\n")

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
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(_END_WITHIN_S)
        self._thread.join(_END_WITHIN_S)
        for pipe in (self._input, self._output, self._stderr):
            with suppress(BrokenPipeError):  # it had no time to read what was said to it
                pipe.close()

    def _spawn(self) -> "subprocess.Popen[bytes]":
        try:
            process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},  # it imports what we import
                start_new_session=True,  # Ctrl-C is for the parent, which then ends the worker in good order
            )
        except OSError as error:
            self._stderr.close()
            raise LoadError(f"cannot start the load generator: {error}") from None
        self._input, self._output = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        return process

    def _say(self, line: str) -> None:
        self._input.write(line.encode())
        self._input.flush()

    def _read(self) -> None:
        """Runs in the reader thread: take in all frames until the process ends its output."""
        try:
            self._input.write(encode_plan(self._plan))
            self._input.flush()
            while line := self._output.readline():
                self._take(line)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._error = error
            self._process.kill()
        finally:
            self._process.wait()
            self._ready.set()

    def _take(self, line: bytes) -> None:
        match decode(line):
            case Ready():
                self._ready.set()
            case Batch() as batch:
                samples = tuple(unpack(batch, read_exactly(self._output, batch.size_bytes), self._plan.name))
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
                if self._finished is None and self._process.poll() is not None:
                    raise self._died()
            case BrokenPipeError() | EOFError() | ValidationError():
                raise self._died() from self._error
            case error:
                raise error

    def _died(self) -> LoadError:
        """What to say of a process that is gone."""
        code = self._process.wait(_END_WITHIN_S)
        self._stderr.seek(0)
        words = self._stderr.read()[-_LAST_WORDS:].decode(errors="replace").strip()
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        said = f"; its last words:\n{words}" if words else ""
        sent = f"{self._received} requests of {self._plan.name} had been told"
        return LoadError(f"the load generator ended {how} before the load was over; {sent}{said}")
