import pytest

from stackproof.engine.port import Direction, LinkEffect, ResetEffect
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.links.reset_peer import KIND, ResetPeer
from stackproof.model import FaultSpec
from tests.unit.fakes import WEB, FakeStack
from tests.unit.faults.client_views import answered, seen, unanswered

BOTH_WAYS = (Direction.TO_SERVICE, Direction.TO_CLIENT)


def test_either_side_triggers_it_until_it_is_healed() -> None:
    """The first byte either way resets; healing twice is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("reset_peer front/web:80"), engine.stack)
    fault.inject(engine)
    assert engine.links[WEB].effects() == tuple(
        LinkEffect(f"reset_peer_{direction}", ResetEffect(0), direction) for direction in BOTH_WAYS
    )
    fault.heal(engine)
    fault.heal(engine)
    assert engine.links[WEB].effects() == ()


@pytest.mark.parametrize(
    ("delay_ms", "over", "beside", "bit"),
    [
        (0, unanswered(ConnectionEnd.RESET), answered(), True),
        (0, unanswered(ConnectionEnd.CLOSED), answered(), True),
        (500, unanswered(ConnectionEnd.RESET, 0.501), answered(), True),
        (500, unanswered(ConnectionEnd.RESET, 0.002), answered(), False),
        (0, unanswered(ConnectionEnd.REFUSED), answered(), False),
        (0, unanswered(ConnectionEnd.OPEN, 1.0), answered(), False),
        (0, answered(), answered(), False),
        (0, unanswered(ConnectionEnd.RESET), unanswered(ConnectionEnd.RESET), False),
    ],
)
def test_it_is_confirmed_where_the_connection_ends_without_a_byte(
    delay_ms: int, over: ClientView, beside: ClientView, *, bit: bool
) -> None:
    """Confirmed: no byte, and an end in its time; not: an answer, a refusal, silence, or a service that resets."""
    assert ResetPeer(WEB, delay_ms).judge(seen(over, beside)).confirmed is bit
