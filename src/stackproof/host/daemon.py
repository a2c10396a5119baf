"""Starts the container engine if nothing else does, after removing what a killed one left behind."""

import os
import socket
import subprocess
from enum import Enum, auto
from pathlib import Path

from stackproof.machine.commands import Progress, ask, stream
from stackproof.machine.waiting import wait_until
from stackproof.model import EngineError

LOG = Path("/var/log/stackproof-dockerd.log")
"""The log of an engine that we started."""

_RUN = Path("/run")
_PID_FILES = (("docker.pid", "dockerd"), ("docker/containerd/containerd.pid", "containerd"))
_START_WITHIN_S = 90.0
_POLL_S = 0.2
_DEAD = "ZX"
_LAST_LINES = 12
_FIX = "correct what the last lines of its log report, then run this again"


class _EngineState(Enum):
    """What ends the wait for the engine."""

    ANSWERS = auto()
    EXITED = auto()


def start_engine(progress: Progress) -> None:
    """Start the engine and wait until it answers.

    Raises:
        EngineError: It runs on another machine, we may not start it, it exited, or it does not answer.
    """
    if os.environ.get("DOCKER_HOST"):
        raise EngineError(
            f"the container engine at DOCKER_HOST={os.environ['DOCKER_HOST']} does not answer",
            fix="start it there, or unset DOCKER_HOST",
        )
    if os.geteuid() != 0:
        raise EngineError(
            "the container engine does not answer, and only root can start it",
            fix="start it (`sudo systemctl start docker`), and make sure that you are in the group docker",
        )
    if Path("/run/systemd/system").is_dir():
        progress("starting the container engine through systemd")
        stream(("systemctl", "start", "docker"), progress, fix="see `journalctl -u docker`")
        _wait(None)
        return
    _start_by_hand(progress)


def _start_by_hand(progress: Progress) -> None:
    running = _running("docker.pid", "dockerd")
    if running:
        progress(f"waiting for the container engine, which is starting as process {running}")
        _wait(None)
        return
    clear_leftovers(_RUN)
    progress(f"starting the container engine directly, because there is no systemd; its log is {LOG}")
    with LOG.open("ab") as log:
        written_bytes = log.tell()
        process = subprocess.Popen(
            ("dockerd",), cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    _wait(process, written_bytes)


def clear_leftovers(run: Path) -> None:
    """Remove the pid files and the socket of engines that no longer run, which would block the next one.

    Args:
        run: The folder for such files, ``/run``.
    """
    for name, program in _PID_FILES:
        if not _running(name, program, run):
            (run / name).unlink(missing_ok=True)
    listening = run / "containerd/containerd.sock"
    if listening.is_socket() and not _answers(listening):
        listening.unlink(missing_ok=True)


def _running(pid_file: str, program: str, run: Path = _RUN) -> int | None:
    """The process that a pid file names, if it is still that program: process ids are reused.

    A zombie is dead too, although it still has its name. Format: proc_pid_stat(5).
    """
    try:
        pid = int((run / pid_file).read_text(encoding="ascii"))
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    name, state = stat.partition("(")[2].rpartition(") ")[::2]
    return pid if name == program and state[0] not in _DEAD else None


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _wait(process: subprocess.Popen[bytes] | None, written_bytes: int = 0) -> None:
    """Wait until the engine answers.

    Args:
        process: The engine, if we started it.
        written_bytes: Size of its log before that; messages quote only what came later.
    """
    waited = wait_until(
        lambda: _state(process), lambda state: state is not None, within_s=_START_WITHIN_S, poll_s=_POLL_S
    )
    if waited.seen is _EngineState.ANSWERS:
        return
    seen = "it exited" if waited.seen is _EngineState.EXITED else "it did not"
    raise EngineError(
        f"expected the container engine to answer within {_START_WITHIN_S:.0f} s, {seen}:{_log(written_bytes)}",
        where=str(LOG),
        fix=_FIX,
    )


def _state(process: subprocess.Popen[bytes] | None) -> _EngineState | None:
    if ask("docker", "version", "--format", "{{.Server.Version}}").ok:
        return _EngineState.ANSWERS
    return _EngineState.EXITED if process is not None and process.poll() is not None else None


def _log(written_bytes: int) -> str:
    if not LOG.is_file():
        return ""
    text = LOG.read_bytes()[written_bytes:].decode(errors="replace")
    return "".join(f"\n    {line}" for line in text.splitlines()[-_LAST_LINES:])
