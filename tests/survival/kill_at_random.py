"""Kills the chaos suite with kill -9 at random moments, and checks what is left of it.

    .venv/bin/python tests/survival/kill_at_random.py [TIMES] [SEED]

Each time, without any command, no container, network, volume or process of the run may be left after 15 s. The exit
code is 1 if something is. One time takes about a minute.
"""

import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import track

from stackproof.engine.docker.life.sweep import leftovers
from stackproof.engine.port import Leftovers
from stackproof.machine.waiting import wait_until

ROOT = Path(__file__).parents[2]
_UP_WITHIN_S = 300.0
_GONE_WITHIN_S = 15.0
_LONGEST_S = 60.0
_POLL_S = 0.1


def _processes_of(run: str) -> tuple[str, ...]:
    """Processes with the run's id in their command line."""
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
    """Start the suite, kill it this long after its stack began to start, and return what is left after the bound."""
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
        if not wait_until(lambda: _has_begun(runs), within_s=_UP_WITHIN_S, poll_s=_POLL_S).in_time:
            sys.exit("the suite's stack did not begin to start: run `make chaos` to see why")
        (folder,) = runs.iterdir()
        time.sleep(moment_s)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    run = folder.name
    gone = wait_until(lambda: not leftovers(run) and not _processes_of(run), within_s=_GONE_WITHIN_S, poll_s=_POLL_S)
    return run, gone.took_s if gone.in_time else None, leftovers(run), _processes_of(run)


def main(times: int, seed: int) -> int:
    """Kill it this many times; returns the exit code."""
    console = Console()
    console.print(f"seed {seed}")
    draw = random.Random(seed)  # noqa: S311 - repeatable, not used for secrets
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
