import pytest

from stackproof.engine.port import Place, ServiceAddress, Side
from stackproof.faults.kinds.packets.loss import KIND as LOSS
from stackproof.faults.means.network_interface import NetworkInterface, VantagePoints
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.packet_engines import EndedEngine


class BareEngine(FakeStack):
    """An engine with a store without a proxy, and a neighbour with one."""

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """All but those of the store's proxy."""
        return tuple(each for each in super().addresses(service) if (service, each.side) != ("store", Side.PROXY))


class LonelyEngine(BareEngine):
    """An engine with a store without a proxy, and without a running neighbour."""

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """Those of the store only."""
        return super().addresses(service) if service == "store" else ()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("web", "expected a target as NETWORK/SERVICE, saw 'web'"),
        ("front/web:80", "expected a target as NETWORK/SERVICE, saw 'front/web:80'"),
        ("front/nobody", "no service 'nobody'.*it has: store, tool, web"),
        ("front/store", "'store' is not on 'front'; it is on: back"),
        ("back/tool", "'tool' is started on demand"),
    ],
)
def test_a_wrong_target_is_refused_with_the_known_ones(target: str, message: str) -> None:
    """Another form, an unknown service, a network that it is not on, or an on-demand service."""
    with pytest.raises(FaultError, match=message):
        LOSS.check(FaultSpec("loss", target, {"percent": "5"}), small_stack())


def test_packets_are_observed_from_the_proxy() -> None:
    """A service with a proxy receives and sends everything through it."""
    points = NetworkInterface("back", "store").vantage_points(FakeStack())
    assert points == VantagePoints("10.0.1.2", Place("store"), Place("store", Side.PROXY))


def test_packets_of_a_service_without_a_proxy_are_observed_from_a_neighbour() -> None:
    """Neighbours send to such a service directly."""
    points = NetworkInterface("back", "store").vantage_points(BareEngine())
    assert points == VantagePoints("10.0.1.2", Place("store"), Place("web", Side.PROXY))


def test_a_service_that_has_ended_or_is_alone_has_no_vantage_points() -> None:
    """Its packets cannot be observed."""
    assert NetworkInterface("back", "store").vantage_points(EndedEngine()) is None
    assert NetworkInterface("back", "store").vantage_points(LonelyEngine()) is None
