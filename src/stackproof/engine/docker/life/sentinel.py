"""A process that outlives the harness by a few seconds, to remove what a killed harness leaves.

``python -m stackproof.engine.docker.life.sentinel RUN_ID FOLDER HARNESS_PID [COMMAND...]`` reads its standard input,
which the harness holds open. The word ``done`` dismisses it. When the harness ends without that word, it ends an
orphaned Compose and sweeps the run; where a command is given, for a stack that is to go on running, it runs that
instead. It has a session of its own, so that neither Ctrl-C nor a closed terminal reaches it.
"""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from stackproof.engine.docker.life.orphans import end_orphans

DONE = b"done"
_LOG = "sentinel.log"
_DISMISSED_WITHIN_S = 10.0
_SWEPT_WITHIN_S = 120.0
_QUIET_S = 2.0
_PACKAGES = Path(__file__).parents[4]


class Sentinel:
    """The harness's end of it; see ``port.Guard``.

    Args:
        run_id: The run that it guards.
        folder: The run's folder, where its log goes.
        instead: A command to run in place of the sweep.
    """

    def __init__(self, run_id: str, folder: Path, instead: tuple[str, ...] = ()) -> None:
        self._run_id = run_id
        self._instead = instead
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it. It guards from the moment that this returns."""
        command = (
            sys.executable,
            "-m",
            "stackproof.engine.docker.life.sentinel",
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
        """End it without a sweep. Does nothing where it was not started or has ended."""
        if self._process is None:
            return
        try:
            self._process.communicate(DONE, timeout=_DISMISSED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def was_dismissed(harness_pid: int) -> bool:
    """Wait for the harness's last word or its end; True where the word came.

    Its end is seen by its process too, not by the pipe alone: a child of its own may have inherited the pipe.
    """
    standard_input = sys.stdin.fileno()
    ends = [standard_input, *_process_ends(harness_pid)]
    ready, _, _ = select.select(ends, (), ())
    if standard_input not in ready:
        ready, _, _ = select.select((standard_input,), (), (), 0)
    return bool(ready) and os.read(standard_input, len(DONE)) == DONE


def _process_ends(pid: int) -> tuple[int, ...]:
    """File descriptors that become readable when a process ends, where the system has them."""
    try:
        return (os.pidfd_open(pid),)
    except ProcessLookupError:  # it ended before we looked: something that is readable at once stands for it
        return (os.open(os.devnull, os.O_RDONLY),)
    except (AttributeError, OSError):  # the system has none: the pipe alone has to do
        return ()


def main(run_id: str, folder: Path, harness_pid: int, *instead: str) -> int:
    """Wait for the harness's end, and then sweep, or run the command that was given; return the exit code."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a signal to a whole tree of processes is meant for the harness
    if was_dismissed(harness_pid):
        return 0
    if instead:
        _log(f"the command that held a fault on run {run_id} is gone: {' '.join(instead)}")
        return subprocess.run(instead, stdin=subprocess.DEVNULL, timeout=_SWEPT_WITHIN_S, check=False).returncode
    _log(f"the harness of run {run_id} is gone: removing what it left")
    try:
        return _clean(run_id, folder)
    except Exception as error:  # noqa: BLE001 - the log is the only one left to take it
        _log(f"gave up: {error}; `stackproof down --all` removes the rest")
        return 1


def _clean(run_id: str, folder: Path) -> int:
    from stackproof.engine.docker.life.sweep import sweep  # noqa: PLC0415 - seldom needed, and slow to import

    for pid in end_orphans(folder):
        _log(f"ended the orphaned Compose process {pid}")
    removed = sweep(run_id, _SWEPT_WITHIN_S, _QUIET_S)
    _log(f"removed {removed}")
    return 0


def _log(message: str) -> None:
    with suppress(OSError):  # a full disk must not stop the sweep
        print(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {message}", flush=True)  # noqa: T201 - its log


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]))
