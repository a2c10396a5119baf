"""What a service has at a path: which file system, how much space, and what becomes of an ordinary write."""

import json
from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack, Shares
from stackproof.faults.means.run_state import is_up
from stackproof.faults.targets import ServicePath
from stackproof.model import EngineError, FaultError, FaultSpec

_PROGRAM = ("python3", "/opt/stackproof/paths.py")
_INSPECT = ("SYS_CHROOT", "SYS_PTRACE", "DAC_READ_SEARCH")
_AS_THE_SERVICE = ("SYS_CHROOT", "SYS_PTRACE", "DAC_OVERRIDE", "SETUID", "SETGID")
_CHANGE = ("SYS_CHROOT", "SYS_PTRACE", "DAC_OVERRIDE")
_FILES = (".stackproof-full-disk", ".stackproof-full-disk-rest", ".stackproof-trial")  # the names that the program uses
_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class FileSystem:
    """The file system at a path.

    Attributes:
        file_system: Its type.
        capacity_bytes: Its size.
        free_bytes: Free space.
        is_the_engines: True if the engine keeps its own data on it.
        disk: ``MAJOR:MINOR`` of its disk; empty if it is not on one.
    """

    file_system: str
    capacity_bytes: int
    free_bytes: int
    is_the_engines: bool
    disk: str


@dataclass(frozen=True, slots=True)
class WriteAttempt:
    """The outcome of a write.

    Attributes:
        error: The kernel's error message; empty if the write succeeded.
        took_s: How long it took until the data was on disk, in seconds.
    """

    error: str
    took_s: float


def inspect_folder(engine: RunningStack, target: ServicePath) -> FileSystem | None:
    """The file system of a folder in a running service, or None if the service has no such folder.

    Raises:
        EngineError: The service does not run.
    """
    found = json.loads(_run(engine, target, _INSPECT, "look"))
    return None if found is None else FileSystem(**found)


def require_folder(engine: RunningStack, spec: FaultSpec, target: ServicePath) -> FileSystem:
    """The same, for a fault that needs the folder.

    Raises:
        FaultError: The service has no such folder.
        EngineError: The service does not run.
    """
    found = inspect_folder(engine, target)
    if found is None:
        raise FaultError(
            f"fault '{spec}': expected {target.path} to be a folder in the container of {target.service.name!r}, "
            "it is not",
            fix="aim at the folder where the service writes, such as the mount point of a volume",
        )
    return found


def fill_folder(engine: RunningStack, target: ServicePath, leave_bytes: int) -> None:
    """Take all the free space at a path of a running service, except for what is to be left.

    Raises:
        EngineError: The service does not run, or has no such path.
    """
    _run(engine, target, _CHANGE, "fill", str(leave_bytes))


def free_folder(engine: RunningStack, target: ServicePath) -> None:
    """Free the space again, whether or not the service runs; nothing happens if none was taken.

    What is not on a volume is gone once the service has ended.

    Raises:
        EngineError: The space could not be freed.
    """
    try:
        _run(engine, target, _CHANGE, "free")
    except EngineError:
        if is_up(engine, target.service.name):
            raise
        place = Place(target.service.name, shares=Shares.VOLUMES, capabilities=("DAC_OVERRIDE",))
        engine.run_helper(place, ("rm", "-f", *(f"{target.path}/{name}" for name in _FILES)))


def try_write(engine: RunningStack, target: ServicePath, size_bytes: int) -> WriteAttempt:
    """Write a file at a path as the service's own user would.

    Raises:
        EngineError: The service does not run, or has no such path.
    """
    return WriteAttempt(**json.loads(_run(engine, target, _AS_THE_SERVICE, "try", str(size_bytes))))


def _run(engine: RunningStack, target: ServicePath, capabilities: tuple[str, ...], command: str, *numbers: str) -> str:
    place = Place(target.service.name, shares=Shares.PROCESSES, capabilities=capabilities)
    return engine.run_helper(place, (*_PROGRAM, command, target.path, *numbers), _WITHIN_S)
