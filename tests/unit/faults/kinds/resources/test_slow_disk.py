import json
from dataclasses import asdict, replace

import pytest

from stackproof.faults.evidence.paths import Found
from stackproof.faults.kinds.resources.slow_disk import KIND, SlowDisk
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("slow_disk store:/data write_kb_per_s=1024")
FAULT = SlowDisk(SPEC, small_stack().service("store"), "/data", 1024)
FOUND = Found("ext4", 2**38, 2**37, is_the_engines=True, disk="254:0")
SIZE_BYTES = 1536 * 1024


def _finding(*found: Found | None) -> FakeStack:
    engine = FakeStack()
    engine.said = ["null" if each is None else json.dumps(asdict(each)) for each in found]
    return engine


def test_the_disk_is_bounded_and_free_again() -> None:
    """Writes to the disk under the path are bounded, and then not; healing twice is fine."""
    engine = _finding(FOUND, FOUND, FOUND)
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.throttled == {("store", "254:0"): 1024 * 1024}
    fault.heal(engine)
    fault.heal(engine)
    assert engine.throttled == {("store", "254:0"): 0}


def test_a_dead_service_has_nothing_to_heal() -> None:
    """Its bound is gone with its control group."""
    engine = _finding()
    engine.states["store"] = ContainerState(ContainerStatus.EXITED)
    FAULT.heal(engine)
    assert engine.throttled == {}


@pytest.mark.parametrize("found", [None, replace(FOUND, file_system="tmpfs", disk="")])
def test_what_lies_on_no_disk_is_refused_and_needs_no_heal(found: Found | None) -> None:
    """A folder that is not there, or is in memory, has no disk to bound."""
    with pytest.raises(FaultError, match="expected"):
        FAULT.inject(_finding(found))
    engine = _finding(found)
    FAULT.heal(engine)
    assert engine.throttled == {}


def test_a_kernel_that_bounds_no_writes_is_told() -> None:
    """With what it said, and what it takes."""

    class Unbounding(FakeStack):
        def throttle(self, service: str, disk: str, bytes_per_s: int) -> None:
            raise EngineError(f"no io.max for {service} on {disk} at {bytes_per_s}")

    engine = Unbounding()
    engine.said = [json.dumps(asdict(FOUND))]
    with pytest.raises(FaultError, match=r"to bound writes to disk 254:0, but: no io\.max"):
        FAULT.inject(engine)


@pytest.mark.parametrize(
    ("inside_s", "beside_s", "bit"),
    [(1.5, 0.01, True), (1.0, 0.4, True), (0.8, 0.01, False), (1.5, 1.4, False), (0.01, 0.01, False)],
)
def test_it_bit_where_only_the_service_writes_slowly(inside_s: float, beside_s: float, *, bit: bool) -> None:
    """Where everybody writes slowly, it is the disk that is busy."""
    assert FAULT.judge(SIZE_BYTES, inside_s, beside_s).confirmed is bit


def test_the_time_is_that_of_the_write_alone() -> None:
    """The best of two writes inside counts; how long the engine takes to run them does not."""
    engine = _finding(FOUND)
    engine.said += [
        "1572864 bytes (1.6 MB, 1.5 MiB) copied, 2.5 s, 1 MB/s",
        "1572864 bytes (1.5MB) copied, 1.500000 seconds, 1.0MB/s",
        json.dumps({"said": "", "took_s": 0.004}),
    ]
    evidence = FAULT.evidence(engine)
    assert evidence.confirmed
    assert "after 1500 ms, and as many from beside it after 4 ms" in evidence.observed


@pytest.mark.parametrize("free_bytes", [2**37, 1024])
def test_where_nothing_can_be_written_nothing_is_seen(free_bytes: int) -> None:
    """Neither a write that fails nor a disk without room shows anything."""
    engine = _finding(replace(FOUND, free_bytes=free_bytes))
    engine.said += ["dd: failed to open '/data/.stackproof-trial': Permission denied"]
    evidence = FAULT.evidence(engine)
    assert not evidence.confirmed
    assert "no way to see it" in evidence.observed
