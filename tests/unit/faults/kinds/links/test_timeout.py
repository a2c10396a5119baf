import pytest

from stackproof.engine.port import Direction, LinkEffect, TimeoutEffect
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.links.timeout import KIND, Timeout
from stackproof.model import FaultSpec
from tests.unit.fakes import WEB, FakeStack
from tests.unit.faults.client_views import answered, seen, unanswered

BOTH_WAYS = (Direction.TO_SERVICE, Direction.TO_CLIENT)


def test_both_ways_are_swallowed_until_it_is_healed() -> None:
    """Nothing arrives either way; healing twice is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("timeout front/web:80 timeout_ms=300"), engine.stack)
    fault.inject(engine)
    assert engine.links[WEB].effects() == tuple(
        LinkEffect(f"timeout_{direction}", TimeoutEffect(300), direction) for direction in BOTH_WAYS
    )
    fault.heal(engine)
    fault.heal(engine)
    assert engine.links[WEB].effects() == ()


@pytest.mark.parametrize(
    ("timeout_ms", "over", "beside", "bit"),
    [
        (0, unanswered(ConnectionEnd.OPEN, 1.0), answered(), True),
        (300, unanswered(ConnectionEnd.CLOSED, 0.301), answered(), True),
        (0, unanswered(ConnectionEnd.CLOSED, 0.002), answered(), False),
        (300, unanswered(ConnectionEnd.CLOSED, 0.002), answered(), False),
        (300, unanswered(ConnectionEnd.REFUSED, 0.5), answered(), False),
        (0, answered(), answered(), False),
        (0, unanswered(ConnectionEnd.OPEN, 1.0), unanswered(ConnectionEnd.OPEN, 1.0), False),
    ],
)
def test_it_is_confirmed_where_nothing_comes_and_no_end_before_its_time(
    timeout_ms: int, over: ClientView, beside: ClientView, *, bit: bool
) -> None:
    """Confirmed: silence, or an end at the time-out; not: an answer, an early end, or a silent service."""
    assert Timeout(WEB, timeout_ms).judge(seen(over, beside)).confirmed is bit
