import pytest

from stackproof.engine.port import Toxic
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.links.reset_peer import KIND, ResetPeer
from stackproof.model import FaultSpec
from tests.unit.fakes import WEB, FakeEngine
from tests.unit.faults.client_views import answered, seen, unanswered


def test_either_side_sets_it_off_until_it_is_healed() -> None:
    """The first byte either way resets; healing twice is fine."""
    engine = FakeEngine()
    fault = KIND.check(FaultSpec.parse("reset_peer front/web:80"), engine.stack)
    fault.inject(engine)
    assert engine.links[WEB].toxics() == tuple(
        Toxic(f"reset_peer_{stream}", "reset_peer", {"timeout": 0}, stream) for stream in ("upstream", "downstream")
    )
    fault.heal(engine)
    fault.heal(engine)
    assert engine.links[WEB].toxics() == ()


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
def test_it_bit_where_the_connection_ends_without_a_byte(
    delay_ms: int, over: ClientView, beside: ClientView, *, bit: bool
) -> None:
    """Bitten: no byte, and an end in its time; not: an answer, a refusal, silence, or a service that resets itself."""
    assert ResetPeer(WEB, delay_ms).judge(seen(over, beside)).confirmed is bit
