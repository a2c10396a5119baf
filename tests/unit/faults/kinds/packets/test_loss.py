import pytest

from stackproof.engine.port import Place, Side
from stackproof.faults.evidence.pings import Tally
from stackproof.faults.kinds.packets.loss import KIND, Loss
from stackproof.faults.means.interface import Interface
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.packet_engines import EndedEngine

STORE = Interface("back", "store")
ALL_OF_FORTY = Tally(40, 40)
SPEC = FaultSpec.parse("loss back/store percent=30")


def test_packets_are_dropped_in_the_service_until_it_is_healed() -> None:
    """By chance, on the interface that has the service's own address; healing twice is fine."""
    engine = FakeStack()
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    place, (_, _, script) = engine.helped[0]
    assert place == Place("store", capabilities=("NET_ADMIN",))
    assert "address show to 10.0.1.2)" in script
    assert '--in-interface "${dev:?}"' in script
    assert "--match statistic --mode random --probability 0.3 --jump DROP" in script
    fault.heal(engine)
    fault.heal(engine)
    assert [place for place, _ in engine.helped[1:]] == [place, place]
    assert not any("--append" in command[2] for _, command in engine.helped[1:])


@pytest.mark.parametrize("value", ["0", "101", "2.5"])
def test_a_percentage_is_a_whole_one(value: str) -> None:
    """Nothing lost is no fault, and more than all cannot be."""
    with pytest.raises(FaultError, match="expected percent to be a whole number of percent from 1 to 100"):
        KIND.check(FaultSpec("loss", "back/store", {"percent": value}), small_stack())


def test_a_service_that_has_ended_loses_nothing() -> None:
    """It is told at the injection; the evidence says no, and the heal has nothing to do."""
    engine = EndedEngine()
    fault = KIND.check(SPEC, engine.stack)
    with pytest.raises(FaultError, match="expected 'store' to run on 'back', it has ended"):
        fault.inject(engine)
    assert not fault.evidence(engine).confirmed
    fault.heal(engine)


def test_the_evidence_comes_from_the_proxy_and_from_the_service() -> None:
    """As many packets are sent as lose forty on average; as a control, forty that do not cross the network."""
    engine = FakeStack()
    engine.said = ["134 packets transmitted, 94 received, 30% loss", "40 packets transmitted, 40 received, 0% loss"]
    seen = KIND.check(SPEC, engine.stack).evidence(engine)
    assert seen.confirmed
    assert seen.observed == "40 of 134 packets over back got lost (29.9 %), and 0 of 40 within store"
    assert [place for place, _ in engine.helped] == [Place("store", Side.PROXY), Place("store")]
    assert "-c 134 " in engine.helped[0][1][2]


@pytest.mark.parametrize(
    ("percent", "over", "within", "bit"),
    [
        (30, Tally(134, 94), ALL_OF_FORTY, True),
        (30, Tally(134, 134), ALL_OF_FORTY, False),
        (30, Tally(134, 131), ALL_OF_FORTY, False),
        (30, Tally(134, 0), ALL_OF_FORTY, False),
        (1, Tally(4000, 3960), ALL_OF_FORTY, True),
        (1, Tally(4000, 3990), ALL_OF_FORTY, False),
        (100, Tally(40, 0), ALL_OF_FORTY, True),
        (100, Tally(40, 1), ALL_OF_FORTY, False),
        (100, Tally(40, 0), Tally(40, 39), False),
        (100, Tally(40, 0), Tally(0, 0), False),
        (100, Tally(0, 0), ALL_OF_FORTY, False),
    ],
)
def test_it_bit_where_the_loss_is_that_of_chance(percent: int, over: Tally, within: Tally, *, bit: bool) -> None:
    """Bitten: about as many are lost as asked for; not: none, a few, all, or a service that answers nobody."""
    assert Loss(STORE, percent).judge(over, within).confirmed is bit
