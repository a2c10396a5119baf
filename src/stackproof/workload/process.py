"""The process of a load: its pipes, its error output, and its end."""

import os
import subprocess
import sys
from contextlib import suppress
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from stackproof.model import InconclusiveError

_COMMAND = (sys.executable, "-P", "-m", "stackproof.workload.worker")
_END_WITHIN_S = 5.0
_ERROR_OUTPUT_BYTES = 2000


class LoadError(InconclusiveError):
    """A load could not be completed. Its numbers would be too small, so they refute no claim."""


class WorkerProcess:
    """A process that can run a load, and waits for its plan. It can be started early, because the start takes long.

    Attributes:
        input: Its standard input.
        output: Its standard output.

    Raises:
        LoadError: It cannot be started.
    """

    def __init__(self) -> None:
        self._stderr = TemporaryFile()  # noqa: SIM115 - closed in `close`
        try:
            self._process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},  # it imports what we import
                start_new_session=True,  # Ctrl-C reaches the parent alone, which then ends the worker
            )
        except OSError as error:
            self._stderr.close()
            raise LoadError(f"cannot start the load generator: {error}") from None
        self.input = cast("BinaryIO", self._process.stdin)
        self.output = cast("BinaryIO", self._process.stdout)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """True if it has ended."""
        return self._process.poll() is not None

    def write(self, data: bytes) -> None:
        """Write to its standard input.

        Raises:
            BrokenPipeError: It has ended.
        """
        self.input.write(data)
        self.input.flush()

    def end(self) -> None:
        """Kill it, if it still runs."""
        self._process.kill()

    def wait(self) -> None:
        """Wait until it ends, without a bound."""
        self._process.wait()

    def how_it_ended(self) -> str:
        """Say how it ended: ``by signal 9`` or ``with exit code 1``."""
        code = self._process.wait(_END_WITHIN_S)
        return f"by signal {-code}" if code < 0 else f"with exit code {code}"

    def error_output(self) -> str:
        """Return the last part of its error output."""
        self._stderr.seek(0)
        return self._stderr.read()[-_ERROR_OUTPUT_BYTES:].decode(errors="replace").strip()

    def close(self) -> None:
        """Kill it, if it still runs, wait for its end, and close its pipes."""
        if not self.has_ended:
            self.end()
        self._process.wait(_END_WITHIN_S)
        for pipe in (self.input, self.output, self._stderr):
            with suppress(BrokenPipeError):  # it did not read all of its input
                pipe.close()
