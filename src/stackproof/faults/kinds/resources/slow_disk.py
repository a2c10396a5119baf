"""``slow_disk``: what a service writes takes long to reach its disk."""

import re
from dataclasses import dataclass

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.file_systems import inspect_folder, require_folder, try_write
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.run_state import is_up
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import SERVICE_PATH, ServicePath
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec

_KIB = 1024
_WRITE_KB_PER_S = IntegerParameter(
    "write_kb_per_s", "how fast the service can write to the disk", "KiB a second", 16, 65_536, step=4
)
_TRIAL_S = 1.5
_BLOCK_BYTES = 4 * _KIB
_TRIALS = 2  # a stall of the machine slows down one of them
_SURE_SHARE = 0.6
_CONTROL_SHARE = 0.5
_WITHIN_S = 60.0
_WRITE = "LC_ALL=C dd if=/dev/zero of='{file}' bs=4096 count={blocks} conv=fsync 2>&1; rm -f '{file}'"
_TOOK = re.compile(r"copied, (?P<seconds>[\d.e+-]+) s")  # dd(1) of GNU and of BusyBox


@dataclass(frozen=True, slots=True)
class SlowDisk:
    """A service whose disk is slow.

    Attributes:
        spec: The fault as it was requested.
        target: A folder in the service's container.
        write_kb_per_s: How fast the service can write there, in KiB a second.
    """

    spec: FaultSpec
    target: ServicePath
    write_kb_per_s: int

    def inject(self, engine: RunningStack) -> None:
        """Limit what the service writes to the disk of the folder.

        Raises:
            FaultError: The folder is not on a disk, or the kernel cannot limit writes.
        """
        found = require_folder(engine, self.spec, self.target)
        if not found.disk:
            raise FaultError(
                f"fault '{self.spec}': expected a file system on a disk, saw {found.file_system}, whose disk, "
                "if it has one, the kernel does not report",
                fix="aim at a folder on a volume of the service that is not a tmpfs",
            )
        try:
            engine.throttle(self.target.service.name, found.disk, self.write_kb_per_s * _KIB)
        except EngineError as error:
            raise FaultError(
                f"fault '{self.spec}': expected the kernel to limit writes to disk {found.disk}, but: {error.message}",
                fix=error.fix or "use a kernel with CONFIG_BLK_DEV_THROTTLING, and an engine that runs as root",
            ) from error

    def evidence(self, engine: RunningStack) -> Evidence:
        """Write inside the service what takes a while at that rate, and as much to the same disk from outside."""
        size_bytes = round(self.write_kb_per_s * _KIB * _TRIAL_S) // _BLOCK_BYTES * _BLOCK_BYTES
        try:
            found = inspect_folder(engine, self.target)
            if found is None or found.free_bytes < 2 * size_bytes:
                return Evidence.unavailable(f"there is no space for {size_bytes // _KIB} KiB")
            inside_s = min(self._write_s(engine, size_bytes) for _ in range(_TRIALS))
            return self.judge(size_bytes, inside_s, try_write(engine, self.target, size_bytes).took_s)
        except EngineError as error:
            return Evidence.unavailable(error.message)

    def _write_s(self, engine: RunningStack, size_bytes: int) -> float:
        name = self.target.service.name
        command = _WRITE.format(file=f"{self.target.path}/.stackproof-trial", blocks=size_bytes // _BLOCK_BYTES)
        printed = engine.exec(name, ("sh", "-c", command), _WITHIN_S)
        match = _TOOK.search(printed)
        if match is None:
            raise EngineError(f"expected a write inside {name!r} to be timed, saw: {printed}")
        return float(match["seconds"])

    def judge(self, size_bytes: int, inside_s: float, outside_s: float) -> Evidence:
        """Confirmed if a write takes most of that time inside, and much less from outside: the disk itself is fast."""
        sure_s = _SURE_SHARE * size_bytes / (self.write_kb_per_s * _KIB)
        return Evidence(
            confirmed=inside_s >= sure_s and outside_s <= _CONTROL_SHARE * inside_s,
            observed=f"{size_bytes // _KIB} KiB written inside the service were on disk after "
            f"{inside_s * 1000:.0f} ms, and as many written from outside after {outside_s * 1000:.0f} ms",
        )

    def heal(self, engine: RunningStack) -> None:
        """Remove the limit; if the service has ended, it is gone already."""
        name = self.target.service.name
        if is_up(engine, name) and (found := inspect_folder(engine, self.target)) and found.disk:
            engine.throttle(name, found.disk, 0)


def _bind(spec: FaultSpec, target: ServicePath) -> SlowDisk:
    return SlowDisk(spec, target, _WRITE_KB_PER_S.read(spec))


KIND = fault_kind(
    "slow_disk",
    SERVICE_PATH,
    "What the service writes takes long to reach the disk.",
    (_WRITE_KB_PER_S,),
    _bind,
    Capability.WRITE_LIMITS,
)
