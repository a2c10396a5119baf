"""``full_disk``: there is no room left where a service writes."""

from dataclasses import dataclass

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.counters import MIB, counters
from stackproof.faults.evidence.paths import Found, Trial, attempt, fill, found_at, free
from stackproof.faults.fault import PathFault
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Service

LARGEST_BYTES = 2 * 2**30
"""What is larger is taken for a machine's own disk."""

_KIB = 1024
_LEAVE_KB = IntegerParameter("leave_kb", "room that is left", "KiB", 0, 1_048_576, default=0, step=4)
_FULL = "No space left on device"
_TRIAL_BYTES = 4 * _KIB  # a block: what is left beyond what was asked for would do for a small file
_IN_MEMORY = frozenset({"tmpfs", "ramfs"})
_SPARE_SHARE = 0.5
_FIX = "declare a disk of its own for the volume: `volumes: NAME: x-stackproof: {capacity: 256m}`"


@dataclass(frozen=True, slots=True)
class FullDisk:
    """A service that finds no room.

    Attributes:
        spec: The fault as it was asked for.
        service: The service.
        path: A folder in its container.
        leave_bytes: Room that is left.
    """

    spec: FaultSpec
    service: Service
    path: str
    leave_bytes: int

    def inject(self, engine: RunningStack) -> None:
        """Fill the file system under the path, if it is small and nobody else's.

        Raises:
            FaultError: It is not, or is as full already.
        """
        found = found_at(engine, self.spec, self.service.name, self.path)
        self.refuse(found)
        if found.file_system in _IN_MEMORY:
            self._refuse_to_crowd(engine, found)
        fill(engine, self.service.name, self.path, self.leave_bytes)

    def refuse(self, found: Found) -> None:
        """See that filling it harms nobody.

        Raises:
            FaultError: It would.
        """
        if found.is_the_engines or found.file_system == "overlay" or found.capacity_bytes > LARGEST_BYTES:
            whose = "the engine's own disk" if found.is_the_engines or found.file_system == "overlay" else "a large one"
            raise FaultError(
                f"fault '{self.spec}': expected a small file system that nothing else lies on, 2 GiB at most, saw "
                f"{found.file_system} of {found.capacity_bytes / 2**30:.1f} GiB, {whose}, which is never filled",
                fix=_FIX,
            )
        if found.free_bytes <= self.leave_bytes:
            raise FaultError(
                f"fault '{self.spec}': expected more room than the {self.leave_bytes // _KIB} KiB that shall be left, "
                f"saw {found.free_bytes // _KIB} KiB",
                fix="ask for a smaller leave_kb",
            )

    def _refuse_to_crowd(self, engine: RunningStack, found: Found) -> None:
        available_bytes = counters(engine, self.service.name).memory_available_bytes
        if found.free_bytes > available_bytes * _SPARE_SHARE:
            raise FaultError(
                f"fault '{self.spec}': expected twice the {found.free_bytes // MIB} MiB of {found.file_system} to be "
                f"free in this machine's memory, saw {available_bytes // MIB} MiB",
                fix="declare a smaller size",
            )

    def evidence(self, engine: RunningStack) -> Evidence:
        """Write there as the service's own user, a block more than was to be left."""
        size_bytes = self.leave_bytes + _TRIAL_BYTES
        try:
            return self.judge(attempt(engine, self.service.name, self.path, size_bytes), size_bytes)
        except EngineError as error:
            return Evidence(confirmed=False, observed=f"no way to see it: {error.message}")

    def judge(self, seen: Trial, size_bytes: int) -> Evidence:
        """The kernel must say that there is no room, and nothing else."""
        came_to = f"failed: {seen.said}" if seen.said else f"was done within {seen.took_s * 1000:.0f} ms"
        return Evidence(
            confirmed=seen.said == _FULL,
            observed=f"a write of {size_bytes // _KIB} KiB to {self.path} by the service's user {came_to}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Give the room back."""
        free(engine, self.service.name, self.path)


def _bind(spec: FaultSpec, service: Service, path: str) -> FullDisk:
    return FullDisk(spec, service, path, _LEAVE_KB.read(spec) * _KIB)


KIND = PathFault("full_disk", "There is no room left where the service writes.", (_LEAVE_KB,), _bind)
