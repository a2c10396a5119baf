import pytest

from stackproof.faults.evidence.conversation import Conversation, End
from stackproof.faults.kinds.links.down import KIND, Down
from stackproof.model import FaultSpec
from tests.unit.fakes import WEB, FakeStack
from tests.unit.faults.conversations import answered, seen, wordless


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
    assert evidence.observed.startswith("no way to see it: web:80 answers nothing beside the link")


@pytest.mark.parametrize(
    ("over", "beside", "bit"),
    [
        (wordless(End.REFUSED), answered(), True),
        (wordless(End.CLOSED), answered(), True),
        (wordless(End.RESET), answered(), True),
        (wordless(End.OPEN, 1.0), answered(), False),
        (answered(), answered(), False),
        (wordless(End.REFUSED), wordless(End.REFUSED), False),
    ],
)
def test_it_is_confirmed_where_nobody_is_served_over_the_link_alone(
    over: Conversation, beside: Conversation, *, bit: bool
) -> None:
    """Confirmed: refused, or dropped at once, over the link alone; not: served, silent, or the service is down."""
    assert Down(WEB).judge(seen(over, beside)).confirmed is bit
