"""The process of a load: its pipes, its last words, and its end."""

import os
import subprocess
import sys
from contextlib import suppress
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from stackproof.model import InconclusiveError

_COMMAND = (sys.executable, "-P", "-m", "stackproof.workload.worker")
_END_WITHIN_S = 5.0
_LAST_WORDS = 2000


class LoadError(InconclusiveError):
    """A load could not be carried through, so that its numbers would be short: that refutes no claim."""


class WorkerProcess:
    """A process that can run a load, and waits for its plan; starting one takes longer than a short load.

    Attributes:
        input: What is said to it.
        output: What it says.

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
                start_new_session=True,  # Ctrl-C is for the parent, which then ends the worker in good order
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
        """True where it is gone."""
        return self._process.poll() is not None

    def say(self, what: bytes) -> None:
        """Write to it.

        Raises:
            BrokenPipeError: It is gone.
        """
        self.input.write(what)
        self.input.flush()

    def end(self) -> None:
        """Kill it, if it is there."""
        self._process.kill()

    def wait(self) -> None:
        """Wait for its end, however long it takes."""
        self._process.wait()

    def how_it_ended(self) -> str:
        """``by signal 9`` or ``with exit code 1``."""
        code = self._process.wait(_END_WITHIN_S)
        return f"by signal {-code}" if code < 0 else f"with exit code {code}"

    def last_words(self) -> str:
        """The end of what it complained of, if it did."""
        self._stderr.seek(0)
        return self._stderr.read()[-_LAST_WORDS:].decode(errors="replace").strip()

    def close(self) -> None:
        """End it, if it is there, wait until it is gone, and close its pipes."""
        if not self.has_ended:
            self.end()
        self._process.wait(_END_WITHIN_S)
        for pipe in (self.input, self.output, self._stderr):
            with suppress(BrokenPipeError):  # it had no time to read what was said to it
                pipe.close()
