import pytest

from stackproof.engine.port import LatencyEffect, LinkEffect
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.evidence.link_comparison import LinkComparison
from stackproof.faults.kinds.links.latency import KIND, Latency
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import WEB, FakeStack, small_stack
from tests.unit.faults.client_views import answered, seen, unanswered


def test_what_the_service_sends_is_late_until_it_is_healed() -> None:
    """One effect towards the client, so that a round trip grows by the latency once; healing twice is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("latency front/web:80 latency_ms=1500 jitter_ms=20"), engine.stack)
    fault.inject(engine)
    expected = LinkEffect("latency_to_client", LatencyEffect(1500, 20))
    assert engine.links[WEB].effects() == (expected,)
    fault.heal(engine)
    fault.heal(engine)
    assert engine.links[WEB].effects() == ()


def test_jitter_beyond_the_latency_is_refused() -> None:
    """A delay cannot vary below nothing."""
    with pytest.raises(FaultError, match="expected jitter_ms up to latency_ms, 10, saw 11"):
        KIND.check(FaultSpec.parse("latency front/web:80 latency_ms=10 jitter_ms=11"), small_stack())


@pytest.mark.parametrize(
    ("fault", "over", "bit"),
    [
        (Latency(WEB, 100, 0), answered(0.102), True),
        (Latency(WEB, 100, 0), answered(0.002), False),
        (Latency(WEB, 100, 0), answered(0.090), False),
        (Latency(WEB, 100, 50), answered(0.053), True),
        (Latency(WEB, 100, 50), answered(0.048), False),
        (Latency(WEB, 100, 100), answered(0.050), True),
        (Latency(WEB, 100, 100), answered(0.030), False),
        (Latency(WEB, 1, 0), answered(0.004), False),
        (Latency(WEB, 60_000, 0), unanswered(ConnectionEnd.OPEN, 2.0), True),
        (Latency(WEB, 60_000, 0), unanswered(ConnectionEnd.CLOSED, 0.002), False),
    ],
)
def test_it_is_confirmed_where_answers_are_late_by_most_of_it(fault: Latency, over: ClientView, *, bit: bool) -> None:
    """Confirmed: late by most of the latency, or silent for the whole watch; not: a little late, or gone."""
    assert fault.judge(seen(over, answered(0.002))).confirmed is bit


def test_one_prompt_answer_of_five_refutes_it() -> None:
    """A busy machine that delays most clients does not pass for a fault, which lets nobody through sooner."""
    over = (answered(), *[answered(0.4)] * 4)
    assert not Latency(WEB, 100, 0).judge(LinkComparison(over, (answered(),) * 5)).confirmed


def test_with_much_jitter_most_answers_must_be_later_than_any_around_the_link() -> None:
    """Where the jitter lets some answers through at once, what a busy machine does to both ways refutes the fault."""
    over = (answered(0.002), *[answered(0.1)] * 4)
    assert Latency(WEB, 100, 100).judge(LinkComparison(over, (answered(0.01),) * 5)).confirmed
    assert not Latency(WEB, 100, 100).judge(LinkComparison(over, (*[answered(0.01)] * 4, answered(0.2)))).confirmed


def test_with_much_jitter_the_calmest_of_some_looks_counts() -> None:
    """While the machine stalls, one way may happen to be slower than the other: it is looked at again, in calm."""
    fault = Latency(WEB, 150, 150)
    stalled = LinkComparison((answered(0.088),) * 5, (answered(0.082), *[answered(0.002)] * 4))
    calm, worse = seen(answered(0.003), answered(0.002)), seen(answered(0.3), answered(0.2))
    assert fault.judge(stalled).confirmed, "a stall like this one was seen"
    looks = iter((worse, stalled, calm, worse))
    assert fault.calmest(looks) is calm
    assert next(looks) is worse, "there is no further look after that"
    assert fault.calmest((worse, stalled, worse)) is stalled
