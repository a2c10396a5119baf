"""What a service has at a path: which file system, how much room, and what an ordinary write there comes to."""

import json
from dataclasses import dataclass

from stackproof.engine.port import Place, RunningStack, Shares
from stackproof.model import EngineError, FaultError, FaultSpec

_PROGRAM = ("python3", "/opt/stackproof/paths.py")
_LOOK = ("SYS_CHROOT", "SYS_PTRACE", "DAC_READ_SEARCH")
_AS_THE_SERVICE = ("SYS_CHROOT", "SYS_PTRACE", "DAC_OVERRIDE", "SETUID", "SETGID")
_CHANGE = ("SYS_CHROOT", "SYS_PTRACE", "DAC_OVERRIDE")
_FILES = (".stackproof-full-disk", ".stackproof-full-disk-rest", ".stackproof-trial")  # as the program names them
_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Found:
    """The file system under a path.

    Attributes:
        file_system: Its type.
        capacity_bytes: How much it holds.
        free_bytes: How much of that is free.
        is_the_engines: True where it is the disk on which the engine keeps its data.
        disk: ``MAJOR:MINOR`` of the disk that it lies on, or nothing where it lies on none.
    """

    file_system: str
    capacity_bytes: int
    free_bytes: int
    is_the_engines: bool
    disk: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a write.

    Attributes:
        said: What the kernel said, or nothing where it was done.
        took_s: How long it took, until it was on the disk, in seconds.
    """

    said: str
    took_s: float


def look(engine: RunningStack, service: str, path: str) -> Found | None:
    """Look at the file system under a folder of a running service; None where it has no such folder.

    Raises:
        EngineError: It does not run.
    """
    told = json.loads(_run(engine, service, _LOOK, "look", path))
    return None if told is None else Found(**told)


def found_at(engine: RunningStack, spec: FaultSpec, service: str, path: str) -> Found:
    """The same, for a fault that cannot do without it.

    Raises:
        FaultError: The service has no such folder.
        EngineError: It does not run.
    """
    found = look(engine, service, path)
    if found is None:
        raise FaultError(
            f"fault '{spec}': expected {path} to be a folder in the container of {service!r}, it is not",
            fix="aim at the folder where the service writes, such as the place of a volume",
        )
    return found


def fill(engine: RunningStack, service: str, path: str, leave_bytes: int) -> None:
    """Take all the room that a path of a running service has, but for what shall be left.

    Raises:
        EngineError: It does not run, or has no such path.
    """
    _run(engine, service, _CHANGE, "fill", path, str(leave_bytes))


def free(engine: RunningStack, service: str, path: str) -> None:
    """Give the room back, be the service running or not; nothing happens where none was taken.

    What is on no volume is gone with the service's end.

    Raises:
        EngineError: It could not be given back.
    """
    try:
        _run(engine, service, _CHANGE, "free", path)
    except EngineError:
        if engine.state(service).status.is_up:
            raise
        place = Place(service, shares=Shares.VOLUMES, capabilities=("DAC_OVERRIDE",))
        engine.run_helper(place, ("rm", "-f", *(f"{path}/{name}" for name in _FILES)))


def attempt(engine: RunningStack, service: str, path: str, size_bytes: int) -> Trial:
    """Write a file there as the service's own user would.

    Raises:
        EngineError: It does not run, or has no such path.
    """
    return Trial(**json.loads(_run(engine, service, _AS_THE_SERVICE, "try", path, str(size_bytes))))


def _run(engine: RunningStack, service: str, capabilities: tuple[str, ...], *words: str) -> str:
    place = Place(service, shares=Shares.PROCESSES, capabilities=capabilities)
    return engine.run_helper(place, (*_PROGRAM, *words), _WITHIN_S)
