"""Runs other programs: short ones for their output, long ones with their output line by line."""

import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from stackproof.model import EngineError

Progress = Callable[[str], None]
"""Receives one line of progress."""

_LAST_LINES = 12
_GRACE_S = 10.0


@dataclass(frozen=True, slots=True)
class CommandOutput:
    """The output of a program.

    Attributes:
        ok: True if its exit code was 0.
        text: Its standard output; if it failed, the last line of its error message.
    """

    ok: bool
    text: str


def ask(*argv: str, within_s: float = 20.0) -> CommandOutput:
    """Run a short program for its output; one that is missing or hangs has failed."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=within_s, check=False)
    except FileNotFoundError:
        return CommandOutput(ok=False, text=f"no program `{argv[0]}`")
    except subprocess.TimeoutExpired:
        return CommandOutput(ok=False, text=f"no answer within {within_s:.0f} s")
    except OSError as error:
        return CommandOutput(ok=False, text=str(error))
    if done.returncode == 0:
        return CommandOutput(ok=True, text=done.stdout.strip())
    complaint = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()
    return CommandOutput(ok=False, text=complaint[-1])


def stream(
    argv: Sequence[str], progress: Progress, *, fix: str, env: Mapping[str, str] | None = None, within_s: float = 1800.0
) -> None:
    """Run a long program and pass on each line that it prints.

    Args:
        argv: The program and its arguments.
        progress: Receives the lines.
        fix: Advice for the user if it fails.
        env: Environment variables in addition to our own.
        within_s: Timeout for a program that hangs, in seconds.

    Raises:
        EngineError: It is missing, failed, or hung; the message has its last lines.
    """
    last: deque[str] = deque(maxlen=_LAST_LINES)
    started = time.monotonic()
    with _running(argv, {**os.environ, **(env or {})}, within_s, fix) as process:
        for line in _lines(process):
            last.append(line)
            progress(line)
    if process.returncode:
        hung = time.monotonic() - started >= within_s
        end = f"had not ended after {within_s:g} s" if hung else f"ended with {_end(process.returncode)}"
        output = "".join(f"\n    {line}" for line in last)
        raise EngineError(f"expected `{' '.join(argv[:3])}` to succeed, it {end}:{output}", fix=fix)


@contextmanager
def _running(argv: Sequence[str], env: Mapping[str, str], within_s: float, fix: str) -> Iterator[subprocess.Popen[str]]:
    try:
        process = subprocess.Popen(
            argv,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,  # so that its children end with it: an engine's client runs its plugins as children
        )
    except OSError as error:
        raise EngineError(f"expected to run `{argv[0]}`, but: {error.strerror}", fix=fix) from None
    guard = threading.Timer(within_s, _end_group, (process,))
    guard.start()
    try:
        yield process
        process.wait()
    finally:
        guard.cancel()
        _end_group(process)
        process.communicate()


def _end_group(process: subprocess.Popen[str]) -> None:
    """Terminate the program and its children; kill those that do not end."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, ending)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    if process.stdout is not None:
        for line in process.stdout:
            if line.strip():
                yield line.rstrip()


def _end(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
