"""``duplicate``: packets that a service sends on a network arrive twice."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.chance import is_likely, tries_for
from stackproof.faults.evidence.pings import Tally, flood
from stackproof.faults.means.interface import Interface, InterfaceFault, unwatched
from stackproof.faults.means.netem import WITHOUT_EMULATION, NetemFault
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import Evidence, FaultSpec

_PERCENT = IntegerParameter("percent", "how many of the packets that the service sends come twice", "percent", 1, 100)
_TWICE_ON_AVERAGE = 40  # that many cannot be told from none, or from twice as many, once in ten thousand times


@dataclass(frozen=True, slots=True)
class Duplicate(NetemFault):
    """A service whose packets come twice.

    Attributes:
        percent: How many of its packets.
    """

    percent: int

    @property
    def kind(self) -> str:
        """Its name in the catalogue."""
        return "duplicate"

    @property
    def handle(self) -> str:
        """Its name in the kernel."""
        return "5d02"

    @property
    def emulation(self) -> str:
        """Each packet by itself, by chance."""
        return f"duplicate {self.percent}%"

    def evidence(self, engine: RunningStack) -> Evidence:
        """Count the answers that come to a neighbour a second time."""
        view = self.interface.view(engine)
        if view is None:
            return unwatched(self.interface)
        return self.judge(flood(engine, view.outside, view.host, tries_for(_TWICE_ON_AVERAGE, self.percent)))

    def judge(self, over: Tally) -> Evidence:
        """As many must come again as the percentage makes by chance: by itself no network of one bridge sends any."""
        return Evidence(
            confirmed=is_likely(over.duplicates, over.received, self.percent / 100),
            observed=f"over {self.interface.network} {over}",
        )


def _bind(spec: FaultSpec, interface: Interface) -> Duplicate:
    return Duplicate(interface, _PERCENT.read(spec))


KIND = InterfaceFault(
    "duplicate",
    "Packets that the service sends on a network arrive twice, at random.",
    (_PERCENT,),
    _bind,
    needs=(Capability.HELPERS, Capability.NETWORK_EMULATION),
    instead=WITHOUT_EMULATION,
)
