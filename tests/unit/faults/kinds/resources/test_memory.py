import json
from dataclasses import asdict, replace

import pytest

from stackproof.engine.port import Limits
from stackproof.faults.evidence.kernel_counters import MIB, KernelCounters
from stackproof.faults.kinds.resources.memory import KIND, Memory
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("memory web limit_mb=40")
USED = KernelCounters(12 * MIB, 10 * MIB, 0, 0, 0, 0, memory_available_bytes=2**34)
FAULT = Memory(SPEC, small_stack().service("web"), 40)


def _counting(*counts: KernelCounters) -> FakeStack:
    engine = FakeStack()
    engine.said = [json.dumps(asdict(each)) for each in counts]
    return engine


def test_the_limit_is_lowered_and_restored() -> None:
    """The limit on processors is not changed, even if another fault lowered it; healing twice is fine."""
    engine = _counting(USED)
    engine.limit("web", Limits(0.2, 64 * MIB))
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.limits("web") == Limits(0.2, 40 * MIB)
    fault.heal(engine)
    fault.heal(engine)
    assert engine.limits("web") == Limits(0.2, 64 * MIB)


@pytest.mark.parametrize(
    ("spec", "used", "message"),
    [
        ("memory web limit_mb=64", USED, r"less than the 64 MiB.*saw 64 MiB"),
        (
            "memory web limit_mb=20",
            USED,
            r"is 10\.0 MiB and 2\.0 MiB of cached files.*\n.*limit_mb=27 or more",
        ),
    ],
)
def test_a_limit_that_changes_nothing_or_kills_is_refused(spec: str, used: KernelCounters, message: str) -> None:
    """The error says how much is in use, and what to choose."""
    engine = _counting(used)
    with pytest.raises(FaultError, match=message):
        KIND.check(FaultSpec.parse(spec), engine.stack).inject(engine)
    assert engine.limited == {}


def test_a_limit_that_the_kernel_refuses_is_reported_with_the_memory_in_use() -> None:
    """The service may take more memory between the reading and the limit."""

    class Refusing(FakeStack):
        def limit(self, service: str, limits: Limits) -> None:
            raise EngineError(f"the fake refuses {limits} for {service}")

    engine = Refusing()
    engine.said = [
        json.dumps(asdict(each))
        for each in (USED, replace(USED, memory_used_bytes=50 * MIB, memory_kept_bytes=48 * MIB))
    ]
    with pytest.raises(FaultError, match=r"which is 48\.0 MiB"):
        KIND.check(SPEC, engine.stack).inject(engine)


@pytest.mark.parametrize(
    ("declared_mib", "taken_mib"),
    [(None, 46), (256, 46), (50, 35), (40, 30)],
)
def test_the_evidence_exceeds_the_limit_but_not_the_declared_one(declared_mib: int | None, taken_mib: int) -> None:
    """With 10 MiB in use, more than 30 MiB exceed it; the declared limit determines how much more."""
    declared = Limits(None, None if declared_mib is None else declared_mib * MIB)
    assert FAULT.taken_bytes(USED, declared) == taken_mib * MIB


@pytest.mark.parametrize(
    ("exit_code", "kills", "confirmed"), [("137", 1, True), ("0", 0, False), ("137", 0, False), ("1", 1, False)]
)
def test_it_is_confirmed_if_the_process_was_killed_for_lack_of_memory(
    exit_code: str, kills: int, *, confirmed: bool
) -> None:
    """A kill that the kernel does not count had another reason."""
    assert FAULT.judge(USED, replace(USED, oom_kills=kills), 46 * MIB, exit_code).confirmed is confirmed


def test_a_machine_with_little_memory_is_left_alone() -> None:
    """If it has less than twice as much available, nothing is taken, and the evidence says so."""
    engine = _counting(replace(USED, memory_available_bytes=64 * MIB))
    evidence = FAULT.evidence(engine)
    assert not evidence.confirmed
    assert "cannot spare 42 MiB" in evidence.observed
