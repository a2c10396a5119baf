"""``full_disk``: there is no space left where a service writes."""

from dataclasses import dataclass

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.file_systems import (
    FileSystem,
    WriteAttempt,
    fill_folder,
    free_folder,
    require_folder,
    try_write,
)
from stackproof.faults.evidence.kernel_counters import MIB, read_counters
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import SERVICE_PATH, ServicePath
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec

LARGEST_BYTES = 2 * 2**30
"""A larger file system is assumed to be a machine's own disk."""

_KIB = 1024
_LEAVE_KB = IntegerParameter("leave_kb", "space that is left", "KiB", 0, 1_048_576, default=0, step=4)
_FULL = "No space left on device"
_TRIAL_BYTES = 4 * _KIB  # one block: any more free space would do for a small file
_IN_MEMORY = frozenset({"tmpfs", "ramfs"})
_FIX = "give the volume a disk of its own: `volumes: NAME: x-stackproof: {capacity: 256m}`"


@dataclass(frozen=True, slots=True)
class FullDisk:
    """A service that has no space to write to.

    Attributes:
        spec: The fault as it was requested.
        target: A folder in the service's container.
        leave_bytes: Space that is left, in bytes.
    """

    spec: FaultSpec
    target: ServicePath
    leave_bytes: int

    def inject(self, engine: RunningStack) -> None:
        """Fill the file system of the folder, if it is small and nothing else is on it.

        Raises:
            FaultError: It is not, or it is already that full.
        """
        found = require_folder(engine, self.spec, self.target)
        self.refuse(found)
        if found.file_system in _IN_MEMORY:
            self._refuse_to_crowd(engine, found)
        fill_folder(engine, self.target, self.leave_bytes)

    def refuse(self, found: FileSystem) -> None:
        """Refuse a file system whose filling would do other damage.

        Raises:
            FaultError: It would.
        """
        is_the_engines = found.is_the_engines or found.file_system == "overlay"
        if is_the_engines or found.capacity_bytes > LARGEST_BYTES:
            whose = "the engine's own disk" if is_the_engines else "a large one"
            raise FaultError(
                f"fault '{self.spec}': expected a small file system with nothing else on it, 2 GiB at most, saw "
                f"{found.file_system} of {found.capacity_bytes / 2**30:.1f} GiB, {whose}, which is never filled",
                fix=_FIX,
            )
        if found.free_bytes <= self.leave_bytes:
            raise FaultError(
                f"fault '{self.spec}': expected more free space than the {self.leave_bytes // _KIB} KiB to be left, "
                f"saw {found.free_bytes // _KIB} KiB",
                fix="choose a smaller leave_kb",
            )

    def _refuse_to_crowd(self, engine: RunningStack, found: FileSystem) -> None:
        counters = read_counters(engine, self.target.service.name)
        if not counters.has_spare(found.free_bytes):
            raise FaultError(
                f"fault '{self.spec}': expected twice the {found.free_bytes // MIB} MiB of {found.file_system} to be "
                f"free in this machine's memory, saw {counters.memory_available_bytes // MIB} MiB",
                fix="declare a smaller size for it",
            )

    def evidence(self, engine: RunningStack) -> Evidence:
        """Write there as the service's own user: one block more than was to be left."""
        size_bytes = self.leave_bytes + _TRIAL_BYTES
        try:
            return self.judge(try_write(engine, self.target, size_bytes), size_bytes)
        except EngineError as error:
            return Evidence.unavailable(error.message)

    def judge(self, seen: WriteAttempt, size_bytes: int) -> Evidence:
        """Confirmed if the kernel reports that there is no space, and nothing else."""
        outcome = f"failed: {seen.error}" if seen.error else f"succeeded within {seen.took_s * 1000:.0f} ms"
        return Evidence(
            confirmed=seen.error == _FULL,
            observed=f"a write of {size_bytes // _KIB} KiB to {self.target.path} by the service's user {outcome}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Free the space again."""
        free_folder(engine, self.target)


def _bind(spec: FaultSpec, target: ServicePath) -> FullDisk:
    return FullDisk(spec, target, _LEAVE_KB.read(spec) * _KIB)


KIND = fault_kind("full_disk", SERVICE_PATH, "There is no space left where the service writes.", (_LEAVE_KB,), _bind)
