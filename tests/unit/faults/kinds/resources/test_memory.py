import json
from dataclasses import asdict, replace

import pytest

from stackproof.engine.port import Limits
from stackproof.faults.evidence.counters import MIB, Counters
from stackproof.faults.kinds.resources.memory import KIND, Memory
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("memory web limit_mb=40")
USED = Counters(12 * MIB, 10 * MIB, 0, 0, 0, 0, memory_available_bytes=2**34)
FAULT = Memory(SPEC, small_stack().service("web"), 40)


def _telling(*told: Counters) -> FakeStack:
    engine = FakeStack()
    engine.said = [json.dumps(asdict(each)) for each in told]
    return engine


def test_it_may_use_little_and_then_what_was_declared() -> None:
    """The limit is lowered and given back; processors stay as they are, even where another fault has them."""
    engine = _telling(USED)
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
        ("memory web limit_mb=20", USED, r"uses, which is 10\.0 MiB and 2\.0 MiB cached.*\n.*limit_mb=27 or more"),
    ],
)
def test_a_limit_that_bounds_nothing_or_kills_is_refused(spec: str, used: Counters, message: str) -> None:
    """What is told is what is in use, and what can be asked for."""
    engine = _telling(used)
    with pytest.raises(FaultError, match=message):
        KIND.check(FaultSpec.parse(spec), engine.stack).inject(engine)
    assert engine.limited == {}


def test_a_kernel_that_refuses_is_told_with_what_is_in_use() -> None:
    """Memory may be taken between the look and the limit."""

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
def test_what_is_taken_is_too_much_by_the_limit_and_fits_what_was_declared(
    declared_mib: int | None, taken_mib: int
) -> None:
    """With 10 MiB in use, over 30 MiB are too much; the declared limit bounds how much over."""
    declared = Limits(None, None if declared_mib is None else declared_mib * MIB)
    assert FAULT.taken_bytes(USED, declared) == taken_mib * MIB


@pytest.mark.parametrize(
    ("ended", "kills", "bit"), [("137", 1, True), ("0", 0, False), ("137", 0, False), ("1", 1, False)]
)
def test_it_bit_where_who_took_too_much_was_killed_for_it(ended: str, kills: int, *, bit: bool) -> None:
    """A kill that the kernel does not count as for want of memory came from somebody else."""
    assert FAULT.judge(USED, replace(USED, oom_kills=kills), 46 * MIB, ended).confirmed is bit


def test_the_machine_is_not_crowded_to_see_it() -> None:
    """Where it has less than twice as much to spare, nothing is taken, and that is said."""
    engine = _telling(replace(USED, memory_available_bytes=64 * MIB))
    evidence = FAULT.evidence(engine)
    assert not evidence.confirmed
    assert "no 42 MiB to spare" in evidence.observed
