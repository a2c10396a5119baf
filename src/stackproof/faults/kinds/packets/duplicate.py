"""``duplicate``: packets that a service sends on a network arrive twice."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.binomial import is_plausible, trials_for
from stackproof.faults.evidence.pings import PingCount, flood
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.network_emulator import EmulatedFault
from stackproof.faults.means.network_interface import INTERFACE, NetworkInterface, unobservable_interface
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import Evidence, FaultSpec

_PERCENT = IntegerParameter("percent", "share of the packets that the service sends", "percent", 1, 100)
_DUPLICATES_ON_AVERAGE = 40  # as many are mistaken for none, or for twice as many, once in ten thousand times


@dataclass(frozen=True, slots=True)
class Duplicate(EmulatedFault):
    """A service whose packets arrive twice.

    Attributes:
        percent: The share of its packets, in percent.
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
        """Chosen at random for each packet."""
        return f"duplicate {self.percent}%"

    def evidence(self, engine: RunningStack) -> Evidence:
        """Count the second answers that a neighbour receives."""
        points = self.interface.vantage_points(engine)
        if points is None:
            return unobservable_interface(self.interface)
        count = trials_for(_DUPLICATES_ON_AVERAGE, self.percent)
        return self.judge(flood(engine, points.outside, points.host, count))

    def judge(self, seen: PingCount) -> Evidence:
        """Confirmed if the number of second answers fits the percentage; a bridge alone duplicates none."""
        return Evidence(
            confirmed=is_plausible(seen.duplicates, seen.received, self.percent / 100),
            observed=f"over {self.interface.network} {seen}",
        )


def _bind(spec: FaultSpec, interface: NetworkInterface) -> Duplicate:
    return Duplicate(interface, _PERCENT.read(spec))


KIND = fault_kind(
    "duplicate",
    INTERFACE,
    "A random share of the packets that the service sends arrives twice.",
    (_PERCENT,),
    _bind,
    Capability.NETWORK_EMULATION,
)
