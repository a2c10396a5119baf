"""Starts the container engine where nobody else does, over whatever a killed one left behind."""

import os
import socket
import subprocess
import time
from pathlib import Path

from stackproof.machine.commands import Progress, ask, stream
from stackproof.model import EngineError

LOG = Path("/var/log/stackproof-dockerd.log")
"""Where an engine that we started writes."""

_RUN = Path("/run")
_PID_FILES = (("docker.pid", "dockerd"), ("docker/containerd/containerd.pid", "containerd"))
_START_WITHIN_S = 90.0
_POLL_S = 0.2
_DEAD = "ZX"
_LAST_LINES = 12
_FIX = "the last lines of its log say why; when that is put right, run this again"


def start_engine(progress: Progress) -> None:
    """Start the engine and wait until it answers.

    Raises:
        EngineError: It is another machine's, we may not start it, it ended at once, or it does not answer.
    """
    if os.environ.get("DOCKER_HOST"):
        raise EngineError(
            f"expected the container engine at DOCKER_HOST={os.environ['DOCKER_HOST']} to answer, it does not",
            fix="start it there, or unset DOCKER_HOST",
        )
    if os.geteuid() != 0:
        raise EngineError(
            "expected the container engine to answer; it does not, and only root can start it",
            fix="start it (`sudo systemctl start docker`), and be a member of the group docker",
        )
    if Path("/run/systemd/system").is_dir():
        progress("starting the container engine through systemd")
        stream(("systemctl", "start", "docker"), progress, fix="see `journalctl -u docker`")
        _wait(None)
        return
    _start_by_hand(progress)


def _start_by_hand(progress: Progress) -> None:
    running = _living("docker.pid", "dockerd")
    if running:
        progress(f"waiting for the container engine that is starting as process {running}")
        _wait(None)
        return
    clear_leftovers(_RUN)
    progress(f"starting the container engine, since no init system does; its log is {LOG}")
    with LOG.open("ab") as log:
        written_bytes = log.tell()
        process = subprocess.Popen(
            ("dockerd",), cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    _wait(process, written_bytes)


def clear_leftovers(run: Path) -> None:
    """Remove pid files and the socket of engines that no longer live: the next one would wait for the dead.

    Args:
        run: The folder for such files, ``/run``.
    """
    for name, program in _PID_FILES:
        if not _living(name, program, run):
            (run / name).unlink(missing_ok=True)
    listening = run / "containerd/containerd.sock"
    if listening.is_socket() and not _answers(listening):
        listening.unlink(missing_ok=True)


def _living(pid_file: str, program: str, run: Path = _RUN) -> int | None:
    """The process that a pid file names, where it is still that program: numbers are used again.

    A killed process that nobody has waited for is dead too, though it has its name still. Format: proc_pid_stat(5).
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
    """Wait until the engine answers; what was in its log before is no part of the story."""
    deadline = time.monotonic() + _START_WITHIN_S
    while time.monotonic() < deadline:
        if ask("docker", "version", "--format", "{{.Server.Version}}").ok:
            return
        if process is not None and process.poll() is not None:
            raise EngineError(
                f"expected the container engine to run, it ended at once:{_log(written_bytes)}",
                where=str(LOG),
                fix=_FIX,
            )
        time.sleep(_POLL_S)
    raise EngineError(
        f"expected the container engine to answer within {_START_WITHIN_S:.0f} s, it did not:{_log(written_bytes)}",
        where=str(LOG),
        fix=_FIX,
    )


def _log(written_bytes: int) -> str:
    if not LOG.is_file():
        return ""
    text = LOG.read_bytes()[written_bytes:].decode(errors="replace")
    return "".join(f"\n    {line}" for line in text.splitlines()[-_LAST_LINES:])
