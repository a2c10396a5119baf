"""A process that outlives the harness by a few seconds, to remove what a killed harness leaves.

``python -m stackproof.engine.docker.sentinel RUN_ID FOLDER HARNESS_PID [COMMAND...]`` reads its standard input, which
the harness holds open. The word ``done`` dismisses it. When the harness ends without that word, it ends an orphaned
Compose and sweeps the run; where a command is given, for a stack that shall stand on, it runs that instead. It has a
session of its own, so that neither Ctrl-C nor a closed terminal reaches it.
"""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

DONE = b"done"
_LOG = "sentinel.log"
_DISMISSED_WITHIN_S = 10.0
_SWEPT_WITHIN_S = 120.0
_QUIET_S = 2.0
_PROGRAMS = frozenset({"docker", "docker-compose", "docker-buildx"})
_PACKAGES = Path(__file__).parents[3]


class Sentinel:
    """The harness's end of it.

    Args:
        run_id: The run that it watches over.
        folder: The run's folder, where its log goes.
        instead: A command to run in place of the sweep.
    """

    def __init__(self, run_id: str, folder: Path, instead: tuple[str, ...] = ()) -> None:
        self._run_id = run_id
        self._instead = instead
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it is on guard from the moment that this returns."""
        command = (
            sys.executable,
            "-m",
            "stackproof.engine.docker.sentinel",
            self._run_id,
            str(self._folder),
            str(os.getpid()),
            *self._instead,
        )
        search = os.pathsep.join(filter(None, (str(_PACKAGES), os.environ.get("PYTHONPATH", ""))))
        with (self._folder / _LOG).open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={**os.environ, "PYTHONPATH": search},
                start_new_session=True,
            )

    def dismiss(self) -> None:
        """Send it home without a sweep; nothing happens where it was not started or has gone."""
        if self._process is None:
            return
        try:
            self._process.communicate(DONE, timeout=_DISMISSED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def watch(harness_pid: int) -> bool:
    """Wait for the harness's last word or its end; True where it said that it is done.

    Its end is seen by its process too, not by the pipe alone: a child of its own may have inherited the pipe.
    """
    standard_input = sys.stdin.fileno()
    ends = [standard_input, *_process_ends(harness_pid)]
    ready, _, _ = select.select(ends, (), ())
    if standard_input not in ready:
        ready, _, _ = select.select((standard_input,), (), (), 0)
    return bool(ready) and os.read(standard_input, len(DONE)) == DONE


def _process_ends(pid: int) -> tuple[int, ...]:
    """What becomes readable when a process ends, where the system has such a thing."""
    try:
        return (os.pidfd_open(pid),)
    except ProcessLookupError:  # it ended before we looked: something that is readable at once stands for it
        return (os.open(os.devnull, os.O_RDONLY),)
    except (AttributeError, OSError):  # no such thing here: the pipe alone has to tell
        return ()


def end_orphans(folder: Path, proc: Path = Path("/proc")) -> tuple[int, ...]:
    """Kill what Compose processes still work in the run's folder, and tell which."""
    ended: list[int] = []
    for process in proc.glob("[0-9]*"):
        if _is_compose_in(process, folder):
            with suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)
                ended.append(int(process.name))
    return tuple(ended)


def end_engine_commands(parent: int, proc: Path = Path("/proc")) -> None:
    """Kill what commands of the engine (builds, Compose) a process has started and still waits for."""
    for process in proc.glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            state = (process / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            words = (process / "cmdline").read_bytes().split(b"\0")
            if int(state[1]) == parent and Path(os.fsdecode(words[0])).name in _PROGRAMS:
                os.kill(int(process.name), signal.SIGKILL)


def _is_compose_in(process: Path, folder: Path) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        at_work_in = (process / "cwd").readlink()
    except OSError:
        return False  # it ended, or is not ours to look at
    program = Path(os.fsdecode(words[0])).name
    is_compose = program == "docker-compose" or (program == "docker" and b"compose" in words)
    return is_compose and at_work_in == folder


def main(run_id: str, folder: Path, harness_pid: int, *instead: str) -> int:
    """Watch, and sweep if need be, or run what is to be run instead; gives back the exit code."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # whoever ends a tree of processes means the harness
    if watch(harness_pid):
        return 0
    if instead:
        _say(f"the command that held a fault on run {run_id} is gone: {' '.join(instead)}")
        return subprocess.run(instead, stdin=subprocess.DEVNULL, timeout=_SWEPT_WITHIN_S, check=False).returncode
    _say(f"the harness of run {run_id} is gone: removing what it left")
    try:
        return _clean(run_id, folder)
    except Exception as error:  # noqa: BLE001 - nobody is left to hear it but the log
        _say(f"gave up: {error}; `stackproof down --all` removes the rest")
        return 1


def _clean(run_id: str, folder: Path) -> int:
    from stackproof.engine.docker.sweep import sweep  # noqa: PLC0415 - seldom needed, and slow to import

    for pid in end_orphans(folder):
        _say(f"ended the orphaned Compose process {pid}")
    removed = sweep(run_id, _SWEPT_WITHIN_S, _QUIET_S)
    _say(f"removed {removed}")
    return 0


def _say(message: str) -> None:
    with suppress(OSError):  # a full disk must not stop the sweep
        print(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {message}", flush=True)  # noqa: T201 - its log


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]))
