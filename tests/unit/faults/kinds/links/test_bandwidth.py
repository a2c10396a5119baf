import pytest

from stackproof.engine.port import Toxic
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.links.bandwidth import KIND, Bandwidth
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import WEB, FakeEngine, small_stack
from tests.unit.faults.client_views import answered, seen, unanswered


def test_both_ways_are_narrow_until_it_is_healed() -> None:
    """64 kbit/s are Toxiproxy's 8 kilobytes a second, each way; healing twice is fine."""
    engine = FakeEngine()
    fault = KIND.check(FaultSpec.parse("bandwidth front/web:80 rate_kbps=64"), engine.stack)
    fault.inject(engine)
    assert set(map(str, engine.links[WEB].toxics())) == {
        str(Toxic(f"bandwidth_{stream}", "bandwidth", {"rate": 8}, stream)) for stream in ("upstream", "downstream")
    }
    fault.heal(engine)
    fault.heal(engine)
    assert engine.links[WEB].toxics() == ()


def test_a_rate_that_toxiproxy_cannot_count_is_refused() -> None:
    """Toxiproxy counts whole kilobytes: another rate is not rounded silently."""
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
def test_it_bit_where_an_answer_takes_the_time_that_the_rate_asks_for(
    over: ClientView, beside: ClientView, *, bit: bool
) -> None:
    """At 8000 bytes a second 8000 bytes take a second; as fast as beside the link, or nothing at all, is no proof."""
    assert Bandwidth(WEB, 64).judge(seen(over, beside)).confirmed is bit
