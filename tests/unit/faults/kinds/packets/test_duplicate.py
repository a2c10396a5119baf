import pytest

from stackproof.engine.port import Place, Side
from stackproof.faults.evidence.pings import PingCount
from stackproof.faults.kinds.packets.duplicate import KIND, Duplicate
from stackproof.faults.means.network_interface import NetworkInterface
from stackproof.model import FaultSpec
from tests.unit.fakes import FakeStack

STORE = NetworkInterface("back", "store")


def test_second_answers_are_counted_by_the_proxy() -> None:
    """So many packets are sent that forty are answered twice on average."""
    engine = FakeStack()
    engine.said = ["400 packets transmitted, 400 received, +41 duplicates, 0% packet loss"]
    seen = KIND.check(FaultSpec.parse("duplicate back/store percent=10"), engine.stack).evidence(engine)
    assert seen.confirmed
    assert seen.observed == "over back 400 of 400 packets answered, 41 of them twice"
    ((place, (_, _, script)),) = engine.helped
    assert place == Place("store", Side.PROXY)
    assert "-c 400 " in script


@pytest.mark.parametrize(
    ("percent", "seen", "confirmed"),
    [
        (10, PingCount(400, 400, 41), True),
        (10, PingCount(400, 400), False),
        (10, PingCount(400, 400, 4), False),
        (10, PingCount(400, 400, 400), False),
        (100, PingCount(40, 40, 40), True),
        (100, PingCount(40, 40, 39), False),
        (10, PingCount(400, 0), False),
    ],
)
def test_it_is_confirmed_if_the_number_of_second_answers_fits_the_percentage(
    percent: int, seen: PingCount, *, confirmed: bool
) -> None:
    """Confirmed: about as many as requested; not confirmed: none, a few, all, or no answers."""
    assert Duplicate(STORE, percent).judge(seen).confirmed is confirmed
