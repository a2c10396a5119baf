"""The socket server seen from inside: its files, its memory, its readiness."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from stackproof import ProbeKind, Run

SERVER = "mime-server"
MIB = 1024 * 1024

# The storage is a volume, so on another file system than the rest; what cannot be read cannot be written either.
_OUTSIDE = (
    r"find / -xdev -type f -printf '%p %s %T@\n' 2>/dev/null; "
    r"find /dev/shm /run /tmp -type f -printf '%p %s %T@\n' 2>/dev/null; true"
)
_STORED = "ls -A /storage; ls -A /storage/.incoming"
_MEMORY = "grep -h VmHWM /proc/[0-9]*/status"


@dataclass(frozen=True, slots=True)
class Inside:
    """What was observed inside.

    Attributes:
        outside: Every file outside the storage folder, with its size and time of last change.
        strange: Names in the storage folder that no stored file has; unfinished files included.
        memory_bytes: The peak memory of one process.
    """

    outside: frozenset[str]
    strange: tuple[str, ...]
    memory_bytes: int


def look_inside(stack: Run) -> Inside:
    """Look at files and memory."""
    outside = stack.engine.exec(SERVER, ("sh", "-c", _OUTSIDE)).splitlines()
    stored = stack.engine.exec(SERVER, ("sh", "-c", _STORED)).splitlines()
    memory = stack.engine.exec(SERVER, ("sh", "-c", _MEMORY)).splitlines()
    strange = tuple(name for name in stored if not name.startswith("received_") and name not in {".incoming", ""})
    return Inside(frozenset(outside), strange, max(int(line.split()[1]) for line in memory) * 1024)


@contextmanager
def unharmed(stack: Run) -> Iterator[None]:
    """After the block the server is ready, within its limits, and has touched nothing outside its storage."""
    limit_bytes = stack.engine.declared_limits(SERVER).memory_bytes
    assert limit_bytes, "the server's memory has no limit, so this proves nothing"
    state, before = stack.engine.state(SERVER), look_inside(stack)
    assert before.outside, "no file was seen outside the storage folder, so this proves nothing"
    yield
    assert stack.engine.state(SERVER).started_at == state.started_at, "the server was killed, or restarted"
    assert (reading := stack.service(SERVER).ask(ProbeKind.READINESS)).ok, reading.detail
    after = look_inside(stack)
    assert not (changed := sorted(after.outside ^ before.outside)), f"touched outside the storage folder: {changed[:5]}"
    assert not after.strange, f"left in the storage folder: {after.strange[:5]}"
    assert after.memory_bytes < limit_bytes / 2, f"the server used {after.memory_bytes / MIB:.0f} MiB of memory"
