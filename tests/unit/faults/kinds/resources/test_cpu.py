import json
from dataclasses import asdict, replace

import pytest

from stackproof.engine.port import Limits
from stackproof.faults.evidence.kernel_counters import KernelCounters
from stackproof.faults.kinds.resources.cpu import KIND, Cpu
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("cpu web percent=10")
BEFORE = KernelCounters(0, 0, 0, cpu_used_us=0, cpu_periods=100, cpu_throttled=0, memory_available_bytes=0)


def _after(periods: int, throttled: int, percent: float) -> KernelCounters:
    return replace(
        BEFORE, cpu_used_us=round(periods * percent * 1000), cpu_periods=100 + periods, cpu_throttled=throttled
    )


def test_the_quota_is_lowered_and_restored() -> None:
    """The limit on memory is not changed, even if another fault lowered it; healing twice is fine."""
    engine = FakeStack()
    engine.limit("web", Limits(1.0, 32))
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.limits("web") == Limits(0.1, 32)
    fault.heal(engine)
    fault.heal(engine)
    assert engine.limits("web") == Limits(1.0, 32)


def test_a_quota_that_is_not_lower_is_refused() -> None:
    """A limit that changes nothing is no fault."""
    engine = FakeStack()
    with pytest.raises(FaultError, match=r"less than the 100 % of a processor.*saw 100 %"):
        KIND.check(FaultSpec.parse("cpu web percent=100"), engine.stack).inject(engine)


@pytest.mark.parametrize(
    ("after", "declared", "confirmed"),
    [
        (_after(20, 19, 10), 0.5, True),
        (_after(20, 19, 12), None, True),
        (_after(20, 0, 3), 0.5, False),  # a busy machine gives it little, and throttles nothing
        (_after(20, 19, 50), 0.5, False),  # throttled, but at the declared quota
        (_after(20, 19, 12), 0.12, False),
        (_after(20, 4, 10), 0.5, False),
        (_after(2, 2, 10), 0.5, False),
        (_after(0, 0, 0), None, False),  # nothing is limited, so nothing is counted
    ],
)
def test_it_is_confirmed_if_a_busy_service_is_throttled_at_its_share(
    after: KernelCounters, declared: float | None, *, confirmed: bool
) -> None:
    """Confirmed: throttled in most periods, with about its share in each."""
    assert Cpu(SPEC, small_stack().service("web"), 10).judge(BEFORE, after, declared).confirmed is confirmed


def test_without_a_shell_it_cannot_be_observed() -> None:
    """The evidence gives the reason."""
    engine = FakeStack()
    engine.said = [json.dumps(asdict(BEFORE))]
    evidence = KIND.check(SPEC, engine.stack).evidence(engine)
    assert not evidence.confirmed
    assert "no command can be run inside 'web'" in evidence.observed
