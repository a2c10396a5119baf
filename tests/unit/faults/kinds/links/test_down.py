import pytest

from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.links.down import KIND, Down
from stackproof.model import FaultSpec
from tests.unit.fakes import WEB, FakeStack
from tests.unit.faults.client_views import answered, seen, unanswered


def test_the_link_is_cut_until_it_is_healed() -> None:
    """The link does not listen while the fault holds; healing twice is fine."""
    engine = FakeStack()
    fault = KIND.check(FaultSpec.parse("down front/web:80"), engine.stack)
    fault.inject(engine)
    assert engine.links[WEB].is_cut()
    fault.heal(engine)
    fault.heal(engine)
    assert not engine.links[WEB].is_cut()


def test_a_port_that_nothing_answers_on_cannot_show_it() -> None:
    """Where the service says nothing beside the link either, the evidence says that there is no way to see."""
    engine = FakeStack()
    evidence = KIND.check(FaultSpec.parse("down front/web:80"), engine.stack).evidence(engine)
    assert not evidence.confirmed
    assert evidence.observed.startswith("cannot be observed: web:80 answers nothing when asked directly")


@pytest.mark.parametrize(
    ("over", "beside", "bit"),
    [
        (unanswered(ConnectionEnd.REFUSED), answered(), True),
        (unanswered(ConnectionEnd.CLOSED), answered(), True),
        (unanswered(ConnectionEnd.RESET), answered(), True),
        (unanswered(ConnectionEnd.OPEN, 1.0), answered(), False),
        (answered(), answered(), False),
        (unanswered(ConnectionEnd.REFUSED), unanswered(ConnectionEnd.REFUSED), False),
    ],
)
def test_it_is_confirmed_where_nobody_is_served_over_the_link_alone(
    over: ClientView, beside: ClientView, *, bit: bool
) -> None:
    """Confirmed: refused, or dropped at once, over the link alone; not: served, silent, or the service is down."""
    assert Down(WEB).judge(seen(over, beside)).confirmed is bit
