import pytest

from stackproof.engine.port import BandwidthEffect, Direction, LinkEffect
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.links.bandwidth import KIND, Bandwidth
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import WEB, FakeStack, small_stack
from tests.unit.faults.client_views import answered, seen, unanswered

BOTH_WAYS = (Direction.TO_SERVICE, Direction.TO_CLIENT)


def test_both_ways_are_narrow_until_it_is_healed() -> None:
    """64 kbit/s are 8 kilobytes a second, each way; healing twice is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("bandwidth front/web:80 rate_kbps=64"), engine.stack)
    fault.inject(engine)
    assert {*engine.links[WEB].effects()} == {
        LinkEffect(f"bandwidth_{direction}", BandwidthEffect(8), direction) for direction in BOTH_WAYS
    }
    fault.heal(engine)
    fault.heal(engine)
    assert engine.links[WEB].effects() == ()


def test_a_rate_of_part_of_a_kilobyte_is_refused() -> None:
    """A link's rate is counted in whole kilobytes: another rate is not rounded silently."""
    with pytest.raises(FaultError, match="a multiple of 8 of kilobits"):
        KIND.check(FaultSpec.parse("bandwidth front/web:80 rate_kbps=100"), small_stack())


@pytest.mark.parametrize(
    ("over", "beside", "bit"),
    [
        (answered(1.0, 8000), answered(0.002, 8000), True),
        (answered(0.1, 800, ended_s=2.0), answered(0.002, 16_000), True),
        (answered(0.002, 8000), answered(0.002, 8000), False),
        (answered(1.0, 8000), answered(0.9, 8000), False),
        (unanswered(ConnectionEnd.OPEN, 2.0), answered(0.002, 8000), False),
    ],
)
def test_it_is_confirmed_where_an_answer_takes_the_time_that_the_rate_asks_for(
    over: ClientView, beside: ClientView, *, bit: bool
) -> None:
    """At 8000 bytes a second 8000 bytes take a second; as fast as beside the link, or nothing at all, is no proof."""
    assert Bandwidth(WEB, 64).judge(seen(over, beside)).confirmed is bit
