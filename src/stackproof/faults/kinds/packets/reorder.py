"""``reorder``: some packets that a service sends on a network overtake the others."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.binomial import is_plausible, trials_for
from stackproof.faults.evidence.pings import Pace, Replies, replies
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.network_emulator import EmulatedFault
from stackproof.faults.means.network_interface import INTERFACE, NetworkInterface, unobservable_interface
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import Evidence, FaultSpec

_PERCENT = IntegerParameter("percent", "share of the packets that overtake others", "percent", 1, 99)
_DELAY_MS = IntegerParameter("delay_ms", "how long the others are held back", "milliseconds", 20, 1000, default=50)
_RARER_ON_AVERAGE = 20
_APART_MS = 2
_PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class Reorder(EmulatedFault):
    """A service whose packets arrive in another order.

    Attributes:
        percent: The share of packets that overtake others, in percent.
        delay_ms: How long the others are held back, in milliseconds.
    """

    percent: int
    delay_ms: int

    @property
    def kind(self) -> str:
        """Its name in the catalogue."""
        return "reorder"

    @property
    def handle(self) -> str:
        """Its name in the kernel."""
        return "5d03"

    @property
    def emulation(self) -> str:
        """Of netem's two modes, the one in which packets overtake at random."""
        return f"delay {self.delay_ms}ms reorder {self.percent}%"

    def evidence(self, engine: RunningStack) -> Evidence:
        """Record the order in which answers reach a neighbour."""
        points = self.interface.vantage_points(engine)
        if points is None:
            return unobservable_interface(self.interface)
        count = trials_for(_RARER_ON_AVERAGE, min(self.percent, 100 - self.percent))
        pace = Pace(count, _APART_MS, self.delay_ms / 1000 + _PATIENCE_S)
        return self.judge(replies(engine, points.outside, points.host, pace))

    def judge(self, seen: Replies) -> Evidence:
        """Confirmed if the number of prompt answers fits the percentage, and some overtook answers to earlier packets.

        A busy machine delays packets too, but keeps them in order.
        """
        prompt = sum(reply.took_ms < self.delay_ms / 2 for reply in seen.arrived)
        overtaking = _overtaking(seen)
        return Evidence(
            confirmed=overtaking > 0 and is_plausible(prompt, len(seen.arrived), self.percent / 100),
            observed=f"over {self.interface.network} {overtaking} of {len(seen.arrived)} answers overtook one to an "
            f"earlier packet, {prompt} took less than {self.delay_ms / 2:g} ms",
        )


def _overtaking(seen: Replies) -> int:
    """How many answers arrived before one to an earlier packet."""
    count, earliest = 0, seen.sent + 1
    for reply in reversed(seen.arrived):  # the earliest packet whose answer is still to arrive
        count += reply.number > earliest
        earliest = min(earliest, reply.number)
    return count


def _bind(spec: FaultSpec, interface: NetworkInterface) -> Reorder:
    return Reorder(interface, _PERCENT.read(spec), _DELAY_MS.read(spec))


KIND = fault_kind(
    "reorder",
    INTERFACE,
    "Some packets that the service sends on a network overtake others.",
    (_PERCENT, _DELAY_MS),
    _bind,
    Capability.NETWORK_EMULATION,
)
