"""Kills the chaos suite with kill -9 at random moments, and looks at what is left of it.

    .venv/bin/python tests/survival/kill_at_random.py [TIMES] [SEED]

Each time: within 15 s no container, network or volume of the run is left, and no process of it, without any command.
Exit code 1 where something was. Takes about a minute a time.
"""

import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import track

from stackproof.engine.docker.sweep import leftovers
from stackproof.engine.port import Leftovers

ROOT = Path(__file__).parents[2]
_UP_WITHIN_S = 300.0
_GONE_WITHIN_S = 15.0
_LONGEST_S = 60.0
_POLL_S = 0.1


def _wait(seen: Callable[[], bool], within_s: float) -> float | None:
    """Seconds until it was seen; None where it was not in time."""
    start_s = time.monotonic()
    while not seen():
        if time.monotonic() - start_s > within_s:
            return None
        time.sleep(_POLL_S)
    return time.monotonic() - start_s


def _processes_of(run: str) -> tuple[str, ...]:
    """Processes that name the run in their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if run in words:
            found.append(words.strip())
    return tuple(found)


def _has_begun(runs: Path) -> bool:
    return runs.exists() and any(bool(leftovers(each.name)) for each in runs.iterdir())


def kill_once(moment_s: float, reports: Path) -> tuple[str, float | None, Leftovers, tuple[str, ...]]:
    """Start the suite, kill it so long after its stack began to come up, and tell what is left after the bound."""
    command = [sys.executable, "-m", "stackproof.cli", "prove", "--suite", "chaos", "--reports", str(reports)]
    process = subprocess.Popen(
        [*command, "suites/chaos", "-p", "no:cacheprovider"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        runs = reports / "runs"
        if _wait(lambda: _has_begun(runs), _UP_WITHIN_S) is None:
            sys.exit("the suite's stack did not begin to come up: run `make chaos` to see why")
        (folder,) = runs.iterdir()
        time.sleep(moment_s)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    run = folder.name
    took_s = _wait(lambda: not leftovers(run) and not _processes_of(run), _GONE_WITHIN_S)
    return run, took_s, leftovers(run), _processes_of(run)


def main(times: int, seed: int) -> int:
    """Kill it so many times; gives back the exit code."""
    console = Console()
    console.print(f"seed {seed}")
    draw = random.Random(seed)  # noqa: S311 - repeatable moments, no secret
    bad = 0
    for _ in track(range(times), console=console):
        moment_s = draw.uniform(0, _LONGEST_S)
        with tempfile.TemporaryDirectory(prefix="stackproof-kill-") as folder:
            run, took_s, left, processes = kill_once(moment_s, Path(folder))
        if took_s is None:
            bad += 1
            console.print(f"{run}: killed {moment_s:.1f} s in; after {_GONE_WITHIN_S:.0f} s: {left}; {processes}")
        else:
            console.print(f"{run}: killed {moment_s:.1f} s in; nothing left after {took_s:.1f} s")
    console.print(f"{times - bad} of {times} times nothing was left")
    return 1 if bad else 0


if __name__ == "__main__":
    _times, _seed = (int(word) for word in (*sys.argv[1:], *("20", str(secrets.randbelow(10**6)))[len(sys.argv) - 1 :]))
    sys.exit(main(_times, _seed))
