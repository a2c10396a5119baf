import pytest

from stackproof.engine.port import Place, ServiceAddress, Side
from stackproof.faults.kinds.packets.loss import KIND as LOSS
from stackproof.faults.means.interface import Interface, View
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.packet_engines import EndedEngine


class BareEngine(FakeStack):
    """A store without a proxy, and a neighbour with one."""

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """The store's proxy is not there."""
        return tuple(each for each in super().addresses(service) if (service, each.side) != ("store", Side.PROXY))


class LonelyEngine(BareEngine):
    """A store without a proxy or a neighbour that runs."""

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """Nobody else runs."""
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
def test_a_wrong_aim_is_told_with_what_there_is(target: str, message: str) -> None:
    """Another shape, an unknown service, a network that it is not on, or a service that does not stand."""
    with pytest.raises(FaultError, match=message):
        LOSS.check(FaultSpec("loss", target, {"percent": "5"}), small_stack())


def test_packets_are_watched_from_the_proxy() -> None:
    """What a proxied service gets and sends, it gets from and sends by its proxy."""
    view = Interface("back", "store").view(FakeStack())
    assert view == View("10.0.1.2", Place("store"), Place("store", Side.PROXY), "10.0.1.1")


def test_packets_of_a_service_without_a_proxy_are_watched_from_a_neighbour() -> None:
    """Neighbours send to such a service itself."""
    view = Interface("back", "store").view(BareEngine())
    assert view == View("10.0.1.2", Place("store"), Place("web", Side.PROXY), "10.1.0.1")


def test_there_is_no_view_of_what_does_not_run_or_is_alone() -> None:
    """Nothing is claimed of it."""
    assert Interface("back", "store").view(EndedEngine()) is None
    assert Interface("back", "store").view(LonelyEngine()) is None
