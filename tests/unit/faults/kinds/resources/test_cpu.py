import json
from dataclasses import asdict, replace

import pytest

from stackproof.engine.port import Limits
from stackproof.faults.evidence.counters import Counters
from stackproof.faults.kinds.resources.cpu import KIND, Cpu
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("cpu web percent=10")
BEFORE = Counters(0, 0, 0, cpu_used_us=0, cpu_periods=100, cpu_throttled=0, memory_available_bytes=0)


def _after(periods: int, throttled: int, percent: float) -> Counters:
    return replace(
        BEFORE, cpu_used_us=round(periods * percent * 1000), cpu_periods=100 + periods, cpu_throttled=throttled
    )


def test_it_has_little_and_then_what_was_declared() -> None:
    """The quota is lowered and given back; memory stays as it is, even where another fault has it; twice is fine."""
    engine = FakeStack()
    engine.limit("web", Limits(1.0, 32))
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.limits("web") == Limits(0.1, 32)
    fault.heal(engine)
    fault.heal(engine)
    assert engine.limits("web") == Limits(1.0, 32)


def test_more_than_it_has_is_refused() -> None:
    """A bound that changes nothing is no fault."""
    engine = FakeStack()
    with pytest.raises(FaultError, match=r"less than the 100 % of a processor.*saw 100 %"):
        KIND.check(FaultSpec.parse("cpu web percent=100"), engine.stack).inject(engine)


@pytest.mark.parametrize(
    ("after", "declared", "bit"),
    [
        (_after(20, 19, 10), 0.5, True),
        (_after(20, 19, 12), None, True),
        (_after(20, 0, 3), 0.5, False),  # a busy machine gives it little, and holds nothing back
        (_after(20, 19, 50), 0.5, False),  # held back, but at what was declared
        (_after(20, 19, 12), 0.12, False),
        (_after(20, 4, 10), 0.5, False),
        (_after(2, 2, 10), 0.5, False),
        (_after(0, 0, 0), None, False),  # nothing is bounded, so nothing is counted
    ],
)
def test_it_bit_where_a_busy_service_was_held_back_at_its_share(
    after: Counters, declared: float | None, *, bit: bool
) -> None:
    """Bitten: held back in most periods, with about its share in each."""
    assert Cpu(SPEC, small_stack().service("web"), 10).judge(BEFORE, after, declared).confirmed is bit


def test_without_a_shell_there_is_no_way_to_see_it() -> None:
    """The evidence says why it is none."""
    engine = FakeStack()
    engine.said = [json.dumps(asdict(BEFORE))]
    evidence = KIND.check(SPEC, engine.stack).evidence(engine)
    assert not evidence.confirmed
    assert "nothing can be run inside 'web'" in evidence.observed
