import pytest

from stackproof.engine.port import Place, Side
from stackproof.faults.evidence.pings import PingCount
from stackproof.faults.kinds.packets.loss import KIND, Loss
from stackproof.faults.means.network_interface import NetworkInterface
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.packet_engines import EndedEngine

STORE = NetworkInterface("back", "store")
ALL_OF_FORTY = PingCount(40, 40)
SPEC = FaultSpec.parse("loss back/store percent=30")


def test_packets_are_dropped_at_the_service_until_it_is_healed() -> None:
    """At random, on the interface with the service's own address; healing twice is fine."""
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
def test_a_percentage_is_a_whole_number_from_1_to_100(value: str) -> None:
    """To lose nothing is no fault, and to lose more than everything is impossible."""
    with pytest.raises(FaultError, match="expected percent to be a whole number of percent from 1 to 100"):
        KIND.check(FaultSpec("loss", "back/store", {"percent": value}), small_stack())


def test_a_service_that_has_ended_is_refused() -> None:
    """The injection says so; the evidence is no confirmation, and the heal has nothing to do."""
    engine = EndedEngine()
    fault = KIND.check(SPEC, engine.stack)
    with pytest.raises(FaultError, match="expected 'store' to run on 'back', it has ended"):
        fault.inject(engine)
    assert not fault.evidence(engine).confirmed
    fault.heal(engine)


def test_packets_are_sent_from_the_proxy_and_from_the_service() -> None:
    """So many packets are sent that forty are lost on average; as a control, forty that do not cross the network."""
    engine = FakeStack()
    engine.said = ["134 packets transmitted, 94 received, 30% loss", "40 packets transmitted, 40 received, 0% loss"]
    seen = KIND.check(SPEC, engine.stack).evidence(engine)
    assert seen.confirmed
    assert seen.observed == "40 of 134 packets over back were lost (29.9 %), and 0 of 40 within store"
    assert [place for place, _ in engine.helped] == [Place("store", Side.PROXY), Place("store")]
    assert "-c 134 " in engine.helped[0][1][2]


@pytest.mark.parametrize(
    ("percent", "outside", "inside", "confirmed"),
    [
        (30, PingCount(134, 94), ALL_OF_FORTY, True),
        (30, PingCount(134, 134), ALL_OF_FORTY, False),
        (30, PingCount(134, 131), ALL_OF_FORTY, False),
        (30, PingCount(134, 0), ALL_OF_FORTY, False),
        (1, PingCount(4000, 3960), ALL_OF_FORTY, True),
        (1, PingCount(4000, 3990), ALL_OF_FORTY, False),
        (100, PingCount(40, 0), ALL_OF_FORTY, True),
        (100, PingCount(40, 1), ALL_OF_FORTY, False),
        (100, PingCount(40, 0), PingCount(40, 39), False),
        (100, PingCount(40, 0), PingCount(0, 0), False),
        (100, PingCount(0, 0), ALL_OF_FORTY, False),
    ],
)
def test_it_is_confirmed_if_the_number_of_lost_packets_fits_the_percentage(
    percent: int, outside: PingCount, inside: PingCount, *, confirmed: bool
) -> None:
    """Confirmed: about as many as requested; not confirmed: none, a few, all, or a service that answers nobody."""
    assert Loss(STORE, percent).judge(outside, inside).confirmed is confirmed
