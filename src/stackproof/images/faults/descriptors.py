"""Lowers how many files a container's processes may have open.

``descriptors.py hold LEAVE`` lowers the limits, ``await`` waits until they are lowered, ``release`` restores them, and
``show`` prints them. The holder remembers the limit of each process and restores it on request, so it outlives the
process that asked for it. It shares the container's processes, and ends with them. Formats: proc_pid_limits(5),
prlimit(1).
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
HELD = "stackproof-held"
WITHIN_S = 10.0
POLL_S = 0.02


def hold(leave: int) -> None:
    """Lower the limits, and wait for the signal to restore them."""
    before = {pid: soft_limit(pid) for pid in processes()}
    signal.signal(signal.SIGTERM, lambda _number, _frame: restore(before))
    for pid in before:
        with suppress(ProcessLookupError, FileNotFoundError):
            set_soft_limit(pid, limit_for(open_files(pid), leave))
    (PROC / "self" / "comm").write_text(HELD, encoding="ascii")
    while True:
        signal.pause()


def restore(before: dict[int, int]) -> None:
    """Restore the limit of each process; a newer one gets the limit that the first one had."""
    for pid in processes():
        with suppress(ProcessLookupError, FileNotFoundError):
            set_soft_limit(pid, before.get(pid, before[1]))
    sys.exit(0)


def await_held() -> None:
    """Wait until the limits are lowered."""
    wait_until(lambda: any(is_held(pid) for pid in holders()), "the limits had not been lowered")


def release() -> None:
    """Have the limits restored; nothing happens if there is no holder."""
    for pid in holders():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not any(holders()), "the limits had not been restored")


def show() -> None:
    """Print how many files each process has open, and how many it may have."""
    print(json.dumps([shown for pid in processes() if (shown := files_of(pid))]))


def files_of(pid: int) -> dict[str, int]:
    """The same for one process; empty if it has ended."""
    try:
        limit = soft_limit(pid)
        taken = sum(number < limit for number in open_files(pid))
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {"pid": pid, "open": taken, "limit": limit}


def limit_for(taken: set[int], leave: int) -> int:
    """The limit below which so many numbers are free: a new file always gets the lowest free one (open(2))."""
    number = 0
    while leave or number in taken:
        leave -= number not in taken
        number += 1
    return number


def processes() -> Iterator[int]:
    """The service's processes: its first one and those descended from it, but not ours, nor a health check's."""
    parents = {int(each.name): parent for each in PROC.glob("[0-9]*") if (parent := parent_of(each)) is not None}
    for pid in parents:
        above = pid
        while above > 1:
            above = parents.get(above, 0)
        if above == 1:
            yield pid


def parent_of(process: Path) -> int | None:
    """The number of the parent process (proc_pid_stat(5)); None if the process has ended."""
    try:
        return int((process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def open_files(pid: int) -> set[int]:
    """The numbers of a process's open files."""
    return {int(each.name) for each in (PROC / str(pid) / "fd").iterdir()}


def soft_limit(pid: int) -> int:
    """How many files a process may have open."""
    for line in (PROC / str(pid) / "limits").read_text(encoding="ascii").splitlines():
        if line.startswith("Max open files"):
            return int(line.split()[3])
    raise ProcessLookupError(pid)


def set_soft_limit(pid: int, limit: int) -> None:
    """Set a process's limit, as its own user: this needs no CAP_SYS_RESOURCE, which few engines grant."""
    command = ["prlimit", "--pid", str(pid), f"--nofile={limit}:"]
    user, group = owner(pid)
    done = subprocess.run(command, user=user, group=group, capture_output=True, text=True, check=False)
    if done.returncode != 0 and (PROC / str(pid)).exists():
        sys.exit(f"the limit of process {pid} cannot be set to {limit}: {done.stderr.strip()}")


def owner(pid: int) -> tuple[int, int]:
    """A process's real user and group (proc_pid_status(5))."""
    lines = (PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    fields = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return int(fields["Uid"].split()[0]), int(fields["Gid"].split()[0])


def holders() -> list[int]:
    """The processes of this program that hold limits."""
    return [int(each.name) for each in PROC.glob("[0-9]*") if is_holder(each)]


def is_holder(process: Path) -> bool:
    """True for a process of this program that holds limits."""
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return __file__.encode() in words and b"hold" in words


def is_held(pid: int) -> bool:
    """True once it has lowered the limits."""
    try:
        return (PROC / str(pid) / "comm").read_text(encoding="ascii").strip() == HELD
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(seen: Callable[[], bool], otherwise: str) -> None:
    """Wait for a state, but not forever."""
    deadline = time.monotonic() + WITHIN_S
    while not seen():
        if time.monotonic() > deadline:
            sys.exit(f"{otherwise} after {WITHIN_S:g} s")
        time.sleep(POLL_S)


if __name__ == "__main__":
    commands = {"await": await_held, "release": release, "show": show}
    if sys.argv[1] == "hold":
        hold(int(sys.argv[2]))
    else:
        commands[sys.argv[1]]()
