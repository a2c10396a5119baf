"""Ends the engine's commands (Compose, builds) that a harness has started: its own, or those of one that is gone."""

import os
import signal
from contextlib import suppress
from pathlib import Path

_PROGRAMS = frozenset({"docker", "docker-compose", "docker-buildx"})


def end_orphans(folder: Path, proc: Path = Path("/proc")) -> tuple[int, ...]:
    """Kill every Compose process that still works in a run's folder, and return their ids."""
    ended: list[int] = []
    for process in proc.glob("[0-9]*"):
        if _is_compose_in(process, folder):
            with suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)
                ended.append(int(process.name))
    return tuple(ended)


def end_engine_commands(parent: int, proc: Path = Path("/proc")) -> None:
    """Kill the engine's commands that a process has started and still waits for."""
    for process in proc.glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            state = (process / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            words = (process / "cmdline").read_bytes().split(b"\0")
            if int(state[1]) == parent and Path(os.fsdecode(words[0])).name in _PROGRAMS:
                os.kill(int(process.name), signal.SIGKILL)


def _is_compose_in(process: Path, folder: Path) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        working_folder = (process / "cwd").readlink()
    except OSError:
        return False  # it ended, or is not ours to look at
    program = Path(os.fsdecode(words[0])).name
    is_compose = program == "docker-compose" or (program == "docker" and b"compose" in words)
    return is_compose and working_folder == folder
