"""``reorder``: some packets that a service sends on a network overtake the others."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.chance import is_likely, tries_for
from stackproof.faults.evidence.pings import Pace, Replies, replies
from stackproof.faults.means.interface import Interface, InterfaceFault, unwatched
from stackproof.faults.means.netem import WITHOUT_EMULATION, NetemFault
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import Evidence, FaultSpec

_PERCENT = IntegerParameter("percent", "how many of the packets that the service sends overtake", "percent", 1, 99)
_DELAY_MS = IntegerParameter("delay_ms", "how long the others are held back", "milliseconds", 20, 1000, default=50)
_OF_EITHER_ON_AVERAGE = 20
_APART_MS = 2
_PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class Reorder(NetemFault):
    """A service whose packets come in another order.

    Attributes:
        percent: How many overtake.
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
        """Of netem's two ways that in which each packet overtakes by chance."""
        return f"delay {self.delay_ms}ms reorder {self.percent}%"

    def evidence(self, engine: RunningStack) -> Evidence:
        """Note the order in which answers come to a neighbour."""
        view = self.interface.view(engine)
        if view is None:
            return unwatched(self.interface)
        count = tries_for(_OF_EITHER_ON_AVERAGE, min(self.percent, 100 - self.percent))
        pace = Pace(count, _APART_MS, self.delay_ms / 1000 + _PATIENCE_S)
        return self.judge(replies(engine, view.outside, view.host, pace))

    def judge(self, over: Replies) -> Evidence:
        """As many must come at once as the percentage makes by chance, and some before what was sent earlier.

        A busy machine delays packets, but what was sent earlier leaves its queues first.
        """
        prompt = sum(reply.took_ms < self.delay_ms / 2 for reply in over.came)
        overtaking = _overtaking(over)
        return Evidence(
            confirmed=overtaking > 0 and is_likely(prompt, len(over.came), self.percent / 100),
            observed=f"over {self.interface.network} {overtaking} of {len(over.came)} answers came before one to an "
            f"earlier packet, {prompt} in less than {self.delay_ms / 2:g} ms",
        )


def _overtaking(seen: Replies) -> int:
    """How many came before the answer to a packet that was sent earlier."""
    count, earliest = 0, seen.sent + 1
    for reply in reversed(seen.came):  # the earliest packet whose answer is still to come
        count += reply.number > earliest
        earliest = min(earliest, reply.number)
    return count


def _bind(spec: FaultSpec, interface: Interface) -> Reorder:
    return Reorder(interface, _PERCENT.read(spec), _DELAY_MS.read(spec))


KIND = InterfaceFault(
    "reorder",
    "Some packets that the service sends on a network overtake others.",
    (_PERCENT, _DELAY_MS),
    _bind,
    needs=(Capability.HELPERS, Capability.NETWORK_EMULATION),
    instead=WITHOUT_EMULATION,
)
