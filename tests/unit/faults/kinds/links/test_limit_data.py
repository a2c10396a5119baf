import pytest

from stackproof.engine.port import DataLimitEffect, Direction, LinkEffect
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.links.limit_data import KIND, LimitData
from stackproof.model import FaultSpec
from tests.unit.fakes import WEB, FakeStack
from tests.unit.faults.client_views import answered, seen, unanswered

BOTH_WAYS = (Direction.TO_SERVICE, Direction.TO_CLIENT)


def test_both_ways_are_limited_until_it_is_healed() -> None:
    """An upload breaks off as a download does; healing twice is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("limit_data front/web:80 limit_bytes=300"), engine.stack)
    fault.inject(engine)
    assert engine.links[WEB].effects() == tuple(
        LinkEffect(f"limit_data_{direction}", DataLimitEffect(300), direction) for direction in BOTH_WAYS
    )
    fault.heal(engine)
    fault.heal(engine)
    assert engine.links[WEB].effects() == ()


@pytest.mark.parametrize(
    ("over", "beside", "bit"),
    [
        (answered(0.002, 300, ConnectionEnd.CLOSED), answered(0.002, 900), True),
        (unanswered(ConnectionEnd.RESET), answered(0.002, 900), True),
        (answered(0.002, 900), answered(0.002, 900), False),
        (answered(0.002, 300, ConnectionEnd.OPEN), answered(0.002, 900), False),
        (answered(0.002, 200, ConnectionEnd.CLOSED), answered(0.002, 200, ConnectionEnd.CLOSED), False),
    ],
)
def test_it_is_confirmed_where_the_connection_ends_within_the_limit(
    over: ClientView, beside: ClientView, *, bit: bool
) -> None:
    """Confirmed: an end within the limit where more comes beside the link; not: all came, or the service ends early."""
    assert LimitData(WEB, 300).judge(seen(over, beside)).confirmed is bit
