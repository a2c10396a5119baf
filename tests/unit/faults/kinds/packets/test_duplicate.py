import pytest

from stackproof.engine.port import Place, Side
from stackproof.faults.evidence.pings import Tally
from stackproof.faults.kinds.packets.duplicate import KIND, Duplicate
from stackproof.faults.means.interface import Interface
from stackproof.model import FaultSpec
from tests.unit.fakes import FakeStack

STORE = Interface("back", "store")


def test_second_answers_are_counted_by_the_proxy() -> None:
    """As many packets are sent as come twice forty times on average."""
    engine = FakeStack()
    engine.said = ["400 packets transmitted, 400 received, +41 duplicates, 0% packet loss"]
    seen = KIND.check(FaultSpec.parse("duplicate back/store percent=10"), engine.stack).evidence(engine)
    assert seen.confirmed
    assert seen.observed == "over back 400 of 400 packets answered, 41 of them again"
    ((place, (_, _, script)),) = engine.helped
    assert place == Place("store", Side.PROXY)
    assert "-c 400 " in script


@pytest.mark.parametrize(
    ("percent", "over", "bit"),
    [
        (10, Tally(400, 400, 41), True),
        (10, Tally(400, 400), False),
        (10, Tally(400, 400, 4), False),
        (10, Tally(400, 400, 400), False),
        (100, Tally(40, 40, 40), True),
        (100, Tally(40, 40, 39), False),
        (10, Tally(400, 0), False),
    ],
)
def test_it_bit_where_as_many_come_twice_as_chance_makes(percent: int, over: Tally, *, bit: bool) -> None:
    """Bitten: about as many come again as asked for; not: none, a few, all, or no answer at all."""
    assert Duplicate(STORE, percent).judge(over).confirmed is bit
