"""Runs a container of ours, and collects all that its command prints.

On a busy machine an engine stops copying a container's output two seconds after its end, and the last lines, or all of
them, are lost from its log and to its clients (moby, container/stream, ``Config.Wait``). So a shell outlives the
command, prints its exit code after all its output, and waits until that was read.
"""

import os
import selectors
import subprocess
import time
from dataclasses import dataclass
from typing import IO, cast

from stackproof.model import EngineError

_END = b"\x1e"  # record separator, which no program of ours prints
_OUTLIVING = r"""exec 2>&1; "$@" </dev/null; printf '\036%d\n' $?; read -r _"""
_CHUNK_BYTES = 65536


@dataclass(frozen=True, slots=True)
class CollectedOutput:
    """What a command printed.

    Attributes:
        code: Its exit code.
        text: All that it printed.
    """

    code: int
    text: str


def outlived(command: tuple[str, ...]) -> list[str]:
    """The command of a container whose output is to be collected. Its standard input has to be open."""
    return ["sh", "-c", _OUTLIVING, "outliving", *command]


def start_and_collect(container: str, description: str, timeout_s: float) -> CollectedOutput:
    """Start a container whose command is ``outlived``, and return what it prints. The container may still exist then.

    Args:
        container: Its id.
        description: What it is called in errors.
        timeout_s: How long it may take, in seconds.

    Raises:
        EngineError: It did not end in time.
    """
    starting = ("docker", "start", "--attach", "--interactive", container)
    with subprocess.Popen(starting, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
        try:
            output = _read(cast("IO[bytes]", client.stdout), time.monotonic() + timeout_s)
        except TimeoutError:
            raise EngineError(f"{description} had not ended after {timeout_s:g} s") from None
        finally:
            client.kill()
    text, end, code = output.rpartition(_END)
    if not end:  # the container was killed, or never started; then the engine's client may have printed why
        return CollectedOutput(client.returncode or 1, output.decode(errors="replace"))
    return CollectedOutput(int(code), text.decode(errors="replace"))


def _read(output: IO[bytes], deadline_s: float) -> bytes:
    """Read to the command's end, or to that of the engine's client.

    Raises:
        TimeoutError: Neither came in time.
    """
    seen = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while not (_END in seen and seen.endswith(b"\n")):
            if not selector.select(max(deadline_s - time.monotonic(), 0)):
                raise TimeoutError
            chunk = os.read(output.fileno(), _CHUNK_BYTES)
            if not chunk:
                break
            seen += chunk
    return seen
