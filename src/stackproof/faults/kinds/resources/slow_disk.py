"""``slow_disk``: what a service writes takes long to be on its disk."""

import re
from dataclasses import dataclass

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.paths import attempt, found_at, look
from stackproof.faults.fault import PathFault
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import EngineError, Evidence, FaultError, FaultSpec, Service

_KIB = 1024
_WRITE_KB_PER_S = IntegerParameter(
    "write_kb_per_s", "what the service can write to the disk", "KiB a second", 16, 65_536, step=4
)
_TRIAL_S = 1.5
_BLOCK_BYTES = 4 * _KIB
_TRIALS = 2  # a stall of the machine slows one
_SURE_SHARE = 0.6
_BESIDE_SHARE = 0.5
_WITHIN_S = 60.0
_WRITE = "LC_ALL=C dd if=/dev/zero of='{file}' bs=4096 count={blocks} conv=fsync 2>&1; rm -f '{file}'"
_TOOK = re.compile(r"copied, (?P<seconds>[\d.e+-]+) s")  # dd(1) of GNU and of BusyBox


@dataclass(frozen=True, slots=True)
class SlowDisk:
    """A service whose disk takes little at a time.

    Attributes:
        spec: The fault as it was asked for.
        service: The service.
        path: A folder in its container.
        write_kb_per_s: What it can write there, in KiB a second.
    """

    spec: FaultSpec
    service: Service
    path: str
    write_kb_per_s: int

    def inject(self, engine: RunningStack) -> None:
        """Bound what the service writes to the disk under the path.

        Raises:
            FaultError: There is no disk under it, or the kernel bounds no writes.
        """
        found = found_at(engine, self.spec, self.service.name, self.path)
        if not found.disk:
            raise FaultError(
                f"fault '{self.spec}': expected a file system on a disk, saw {found.file_system}, of which the kernel "
                "does not say on which disk it lies, if on any",
                fix="aim at a folder on a volume of the service that is no tmpfs",
            )
        try:
            engine.throttle(self.service.name, found.disk, self.write_kb_per_s * _KIB)
        except EngineError as error:
            raise FaultError(
                f"fault '{self.spec}': expected the kernel to bound writes to disk {found.disk}, but: {error.message}",
                fix=error.fix or "use a kernel with CONFIG_BLK_DEV_THROTTLING, and an engine that runs as root",
            ) from error

    def evidence(self, engine: RunningStack) -> Evidence:
        """Write inside the service what takes some time at that rate, and the same to the same disk beside it."""
        size_bytes = round(self.write_kb_per_s * _KIB * _TRIAL_S) // _BLOCK_BYTES * _BLOCK_BYTES
        name = self.service.name
        try:
            found = look(engine, name, self.path)
            if found is None or found.free_bytes < 2 * size_bytes:
                return Evidence(
                    confirmed=False, observed=f"no way to see it: no room for {size_bytes // _KIB} KiB there"
                )
            inside_s = min(self._write_s(engine, size_bytes) for _ in range(_TRIALS))
            return self.judge(size_bytes, inside_s, attempt(engine, name, self.path, size_bytes).took_s)
        except EngineError as error:
            return Evidence(confirmed=False, observed=f"no way to see it: {error.message}")

    def _write_s(self, engine: RunningStack, size_bytes: int) -> float:
        command = _WRITE.format(file=f"{self.path}/.stackproof-trial", blocks=size_bytes // _BLOCK_BYTES)
        said = engine.exec(self.service.name, ("sh", "-c", command), _WITHIN_S)
        match = _TOOK.search(said)
        if match is None:
            raise EngineError(f"expected a write inside {self.service.name!r} to be timed, it said: {said}")
        return float(match["seconds"])

    def judge(self, size_bytes: int, inside_s: float, beside_s: float) -> Evidence:
        """Inside it must take most of the time that the rate allows, and beside it much less: the disk is well."""
        sure_s = _SURE_SHARE * size_bytes / (self.write_kb_per_s * _KIB)
        return Evidence(
            confirmed=inside_s >= sure_s and beside_s <= _BESIDE_SHARE * inside_s,
            observed=f"{size_bytes // _KIB} KiB that were written inside the service were on the disk after "
            f"{inside_s * 1000:.0f} ms, and as many from beside it after {beside_s * 1000:.0f} ms",
        )

    def heal(self, engine: RunningStack) -> None:
        """Take the bound off; a service that ended has none when it starts again."""
        name = self.service.name
        if engine.state(name).status.is_up and (found := look(engine, name, self.path)) and found.disk:
            engine.throttle(name, found.disk, 0)


def _bind(spec: FaultSpec, service: Service, path: str) -> SlowDisk:
    return SlowDisk(spec, service, path, _WRITE_KB_PER_S.read(spec))


KIND = PathFault(
    "slow_disk",
    "What the service writes takes long to be on the disk.",
    (_WRITE_KB_PER_S,),
    _bind,
    needs=(Capability.HELPERS, Capability.WRITE_LIMITS),
)
