"""The resolution of a compose file by Compose itself, in a process that nobody has to wait for yet.

Imports next to nothing, so that it can be the first thing that a command does.
"""

import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stackproof.model.errors import DeclarationError, Location

_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class ComposeOutput:
    """What Compose printed.

    Attributes:
        ok: True where it could resolve the file.
        text: The resolved file, as YAML.
        complaint: What it printed on its standard error.
    """

    ok: bool
    text: str
    complaint: str


class Resolving:
    """``docker compose config`` (variables, anchors, includes), at work.

    Args:
        file: The compose file.
        environment: Variables for it; the process's own where None.
    """

    def __init__(self, file: Path, environment: Mapping[str, str] | None = None) -> None:
        self._file = file
        # JSON drops a service's own `x-` keys.
        command = ["docker", "compose", "--file", str(file), "--profile", "*", "config"]
        self._process: subprocess.Popen[str] | None = None
        with suppress(FileNotFoundError):
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environment,
            )

    @property
    def is_sound(self) -> bool:
        """True where Compose is installed and could resolve the file; waits for it.

        Raises:
            DeclarationError: It did not end in time.
        """
        return self._process is not None and self.output.ok

    @cached_property
    def output(self) -> ComposeOutput:
        """What Compose printed; waits for its end.

        Raises:
            DeclarationError: Compose is not installed, or did not end in time.
        """
        if self._process is None:
            raise DeclarationError(
                "expected the docker command with its compose plugin, found none", fix="run `stackproof setup`"
            )
        try:
            text, complaint = self._process.communicate(timeout=_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.close()
            raise DeclarationError(
                f"`docker compose config` did not end within {_TIMEOUT_S:.0f} s", where=Location(self._file)
            ) from None
        return ComposeOutput(self._process.returncode == 0, text, complaint)

    def close(self) -> None:
        """Kill Compose where it has not ended, and close its pipes."""
        if self._process is not None:
            self._process.kill()  # does nothing to one that has ended
            self._process.communicate()
