import json
from dataclasses import asdict, replace

import pytest

from stackproof.faults.evidence.file_systems import FileSystem
from stackproof.faults.kinds.resources.slow_disk import KIND, SlowDisk
from stackproof.faults.targets import ServicePath
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("slow_disk store:/data write_kb_per_s=1024")
FAULT = SlowDisk(SPEC, ServicePath(small_stack().service("store"), "/data"), 1024)
FOUND = FileSystem("ext4", 2**38, 2**37, is_the_engines=True, disk="254:0")
SIZE_BYTES = 1536 * 1024


def _finding(*found: FileSystem | None) -> FakeStack:
    engine = FakeStack()
    engine.said = ["null" if each is None else json.dumps(asdict(each)) for each in found]
    return engine


def test_writes_are_limited_until_it_is_healed() -> None:
    """Those to the disk of the folder; healing twice is fine."""
    engine = _finding(FOUND, FOUND, FOUND)
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.throttled == {("store", "254:0"): 1024 * 1024}
    fault.heal(engine)
    fault.heal(engine)
    assert engine.throttled == {("store", "254:0"): 0}


def test_an_ended_service_has_nothing_to_heal() -> None:
    """Its limit is gone with its control group."""
    engine = _finding()
    engine.states["store"] = ContainerState(ContainerStatus.EXITED)
    FAULT.heal(engine)
    assert engine.throttled == {}


@pytest.mark.parametrize("found", [None, replace(FOUND, file_system="tmpfs", disk="")])
def test_a_folder_that_is_not_on_a_disk_is_refused_and_needs_no_heal(found: FileSystem | None) -> None:
    """A folder that does not exist, or is in memory, has no disk to limit."""
    with pytest.raises(FaultError, match="expected"):
        FAULT.inject(_finding(found))
    engine = _finding(found)
    FAULT.heal(engine)
    assert engine.throttled == {}


def test_a_kernel_that_cannot_limit_writes_is_reported() -> None:
    """With its error."""

    class Unlimited(FakeStack):
        def throttle(self, service: str, disk: str, bytes_per_s: int) -> None:
            raise EngineError(f"no io.max for {service} on {disk} at {bytes_per_s}")

    engine = Unlimited()
    engine.said = [json.dumps(asdict(FOUND))]
    with pytest.raises(FaultError, match=r"to limit writes to disk 254:0, but: no io\.max"):
        FAULT.inject(engine)


@pytest.mark.parametrize(
    ("inside_s", "outside_s", "confirmed"),
    [(1.5, 0.01, True), (1.0, 0.4, True), (0.8, 0.01, False), (1.5, 1.4, False), (0.01, 0.01, False)],
)
def test_it_is_confirmed_if_only_the_service_writes_slowly(
    inside_s: float, outside_s: float, *, confirmed: bool
) -> None:
    """If all writes are slow, the disk itself is busy."""
    assert FAULT.judge(SIZE_BYTES, inside_s, outside_s).confirmed is confirmed


def test_only_the_write_itself_is_timed() -> None:
    """The faster of two writes inside counts, and not how long the engine takes to run them."""
    engine = _finding(FOUND)
    engine.said += [
        "1572864 bytes (1.6 MB, 1.5 MiB) copied, 2.5 s, 1 MB/s",
        "1572864 bytes (1.5MB) copied, 1.500000 seconds, 1.0MB/s",
        json.dumps({"error": "", "took_s": 0.004}),
    ]
    evidence = FAULT.evidence(engine)
    assert evidence.confirmed
    assert "after 1500 ms, and as many written from outside after 4 ms" in evidence.observed


@pytest.mark.parametrize("free_bytes", [2**37, 1024])
def test_a_folder_that_cannot_be_written_to_cannot_be_observed(free_bytes: int) -> None:
    """Neither a failed write nor a disk without space is a confirmation."""
    engine = _finding(replace(FOUND, free_bytes=free_bytes))
    engine.said += ["dd: failed to open '/data/.stackproof-trial': Permission denied"]
    evidence = FAULT.evidence(engine)
    assert not evidence.confirmed
    assert "cannot be observed" in evidence.observed
