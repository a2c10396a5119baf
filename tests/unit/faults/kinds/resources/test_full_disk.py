import json
from dataclasses import asdict, replace

import pytest

from stackproof.engine.port import Place, Shares
from stackproof.faults.evidence.file_systems import FileSystem, WriteAttempt
from stackproof.faults.kinds.resources.full_disk import KIND, FullDisk
from stackproof.faults.targets import ServicePath
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("full_disk store:/data leave_kb=64")
FAULT = FullDisk(SPEC, ServicePath(small_stack().service("store"), "/data"), 65536)
SMALL = FileSystem("ext4", 2**28, 2**27, is_the_engines=False, disk="7:0")


def test_free_space_is_taken_and_freed_again() -> None:
    """All except for what is to be left; healing twice is fine."""
    engine = FakeStack()
    engine.said = [json.dumps(asdict(SMALL))]
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.helped[-1][1][-3:] == ("fill", "/data", "65536")
    fault.heal(engine)
    fault.heal(engine)
    assert engine.helped[-1][1][-2:] == ("free", "/data")


def test_space_of_an_ended_service_is_freed_through_its_volumes() -> None:
    """It has no processes, but its volumes still exist."""

    class Ended(FakeStack):
        def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
            if place.shares is Shares.PROCESSES:
                raise EngineError("it has ended")
            return super().run_helper(place, command, timeout_s)

    engine = Ended()
    with pytest.raises(EngineError, match="it has ended"):
        FAULT.heal(engine)
    engine.states["store"] = ContainerState(ContainerStatus.EXITED)
    FAULT.heal(engine)
    assert engine.helped[-1][0].shares is Shares.VOLUMES
    assert "/data/.stackproof-full-disk" in engine.helped[-1][1]


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (replace(SMALL, is_the_engines=True), "the engine's own disk"),
        (replace(SMALL, file_system="overlay"), "the engine's own disk"),
        (replace(SMALL, capacity_bytes=2**31 + 1), r"ext4 of 2\.0 GiB, a large one"),
        (replace(SMALL, free_bytes=65536), "expected more free space than the 64 KiB"),
    ],
)
def test_a_file_system_that_others_need_is_not_filled(found: FileSystem, message: str) -> None:
    """A machine's own disk, or one that is too large to be anything else, is refused."""
    with pytest.raises(FaultError, match=message):
        FAULT.refuse(found)


def test_the_error_says_how_to_get_a_small_disk() -> None:
    """With the capacity of a volume."""
    with pytest.raises(FaultError, match=r"x-stackproof: \{capacity: 256m\}"):
        FAULT.refuse(replace(SMALL, is_the_engines=True))


def test_a_file_system_in_memory_must_leave_enough_for_the_machine() -> None:
    """Filling a large tmpfs would be another kind of fault."""
    engine = FakeStack()
    counted = dict.fromkeys(
        ("memory_used_bytes", "memory_kept_bytes", "oom_kills", "cpu_used_us", "cpu_periods", "cpu_throttled"), 0
    )
    engine.said = [
        json.dumps(asdict(replace(SMALL, file_system="tmpfs"))),
        json.dumps({**counted, "memory_available_bytes": 2**27}),
    ]
    with pytest.raises(FaultError, match="expected twice the 128 MiB of tmpfs"):
        FAULT.inject(engine)


@pytest.mark.parametrize("target", ["store", "store:data", "store:/data/../etc", "nobody:/data", "tool:/data"])
def test_a_wrong_target_is_refused(target: str) -> None:
    """A path is absolute, and a service is one that is started with the stack."""
    with pytest.raises(FaultError):
        KIND.check(FaultSpec.parse(f"full_disk {target}"), small_stack())


@pytest.mark.parametrize(
    ("error", "confirmed"), [("No space left on device", True), ("", False), ("Permission denied", False)]
)
def test_it_is_confirmed_if_the_kernel_reports_that_there_is_no_space(error: str, *, confirmed: bool) -> None:
    """A write that fails for another reason is no full disk."""
    assert FAULT.judge(WriteAttempt(error, 0.01), 131072).confirmed is confirmed


def test_a_service_that_does_not_run_cannot_be_observed() -> None:
    """The evidence gives the reason."""

    class Ended(FakeStack):
        def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
            raise EngineError(f"no {place.service} to run {command} next to within {timeout_s} s")

    evidence = FAULT.evidence(Ended())
    assert not evidence.confirmed
    assert "cannot be observed" in evidence.observed
