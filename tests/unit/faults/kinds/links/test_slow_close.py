import pytest

from stackproof.engine.port import LinkEffect, SlowCloseEffect
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.evidence.link_comparison import LinkComparison
from stackproof.faults.kinds.links.slow_close import KIND, SlowClose
from stackproof.model import FaultSpec
from tests.unit.fakes import WEB, FakeStack
from tests.unit.faults.client_views import answered, seen, unanswered

CLOSED, OPEN, RESET = ConnectionEnd.CLOSED, ConnectionEnd.OPEN, ConnectionEnd.RESET


def test_ends_are_late_until_it_is_healed() -> None:
    """One effect towards the client; healing twice is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("slow_close front/web:80 delay_ms=400"), engine.stack)
    fault.inject(engine)
    assert engine.links[WEB].effects() == (LinkEffect("slow_close_to_client", SlowCloseEffect(400)),)
    fault.heal(engine)
    fault.heal(engine)
    assert engine.links[WEB].effects() == ()


@pytest.mark.parametrize(
    ("delay_ms", "over", "beside", "bit"),
    [
        (
            400,
            answered(0.002, 100, CLOSED, 0.403),
            answered(0.002, 100, CLOSED, 0.003),
            True,
        ),
        (
            400,
            answered(0.402, 100, CLOSED, 0.403),
            answered(0.002, 100, CLOSED, 0.003),
            False,
        ),
        (400, unanswered(CLOSED, 0.403), unanswered(CLOSED, 0.002), True),
        (
            400,
            answered(0.002, 100, CLOSED, 0.003),
            answered(0.002, 100, CLOSED, 0.003),
            False,
        ),
        (400, answered(0.002, 100, OPEN, 2.0), answered(0.002, 100, OPEN, 2.0), False),
        (
            60_000,
            answered(0.002, 100, OPEN, 2.0),
            answered(0.002, 100, CLOSED, 0.003),
            True,
        ),
        (400, answered(0.002, 100, RESET, 0.403), answered(0.002, 100, RESET, 0.003), True),
        (
            1,
            answered(0.002, 100, CLOSED, 0.006),
            answered(0.002, 100, CLOSED, 0.003),
            False,
        ),
    ],
)
def test_it_is_confirmed_where_the_end_is_late_and_the_answer_is_not(
    delay_ms: int, over: ClientView, beside: ClientView, *, bit: bool
) -> None:
    """The time between last byte and end counts; a late answer, or a service that never closes, is no proof."""
    assert SlowClose(WEB, delay_ms).judge(seen(over, beside)).confirmed is bit


def test_one_client_that_the_machine_kept_waiting_hides_nothing() -> None:
    """Of those beside the link the quickest counts, also where another saw no end in time."""
    late = answered(0.002, 100, CLOSED, 0.403)
    stalled, quick = answered(0.002, 100, OPEN, 2.0), answered(0.002, 100, CLOSED, 0.003)
    assert SlowClose(WEB, 400).judge(LinkComparison((late, late), (stalled, quick))).confirmed


def test_another_answer_is_not_a_late_end() -> None:
    """A service may close after one answer and stay after another: an end tells of the link only where it closes."""
    stayed, closed = answered(0.002, 181, OPEN, 1.3), answered(0.002, 45, CLOSED, 0.003)
    late = answered(0.002, 45, CLOSED, 0.403)
    assert not SlowClose(WEB, 400).judge(LinkComparison((stayed, stayed), (closed, stayed))).confirmed
    assert SlowClose(WEB, 400).judge(LinkComparison((stayed, late), (closed, stayed))).confirmed
