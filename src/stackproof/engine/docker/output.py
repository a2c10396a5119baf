"""Runs a container of ours and takes all that its command says.

On a busy machine an engine stops to copy what a container said two seconds after its end, and its last words, or all of
them, are lost: in its log as on the way to who listens (moby, container/stream, ``Config.Wait``). So a shell outlives
the command, says behind all its words what it ended with, and waits to be heard.
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
class Heard:
    """What came of a command.

    Attributes:
        code: What it ended with.
        text: All that it printed.
    """

    code: int
    text: str


def outlived(command: tuple[str, ...]) -> list[str]:
    """The command of a container that shall be heard; its standard input has to be open."""
    return ["sh", "-c", _OUTLIVING, "outliving", *command]


def hear(container: str, named: str, timeout_s: float) -> Heard:
    """Start a container whose command is outlived, and give back what it says; the container may still be there then.

    Args:
        container: Its id.
        named: What it is called in errors.
        timeout_s: How long it may take, in seconds.

    Raises:
        EngineError: It did not end in time.
    """
    starting = ("docker", "start", "--attach", "--interactive", container)
    with subprocess.Popen(starting, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
        try:
            said = _read(cast("IO[bytes]", client.stdout), time.monotonic() + timeout_s)
        except TimeoutError:
            raise EngineError(f"{named} had not ended after {timeout_s:g} s") from None
        finally:
            client.kill()
    text, ended, code = said.rpartition(_END)
    if not ended:  # the container was ended, or never started; the engine's client may say why
        return Heard(client.returncode or 1, said.decode(errors="replace"))
    return Heard(int(code), text.decode(errors="replace"))


def _read(output: IO[bytes], deadline_s: float) -> bytes:
    """Read to the command's end, or to that of the engine's client where there is none.

    Raises:
        TimeoutError: There was neither in time.
    """
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while not (_END in said and said.endswith(b"\n")):
            if not selector.select(max(deadline_s - time.monotonic(), 0)):
                raise TimeoutError
            chunk = os.read(output.fileno(), _CHUNK_BYTES)
            if not chunk:
                break
            said += chunk
    return said
