"""``delay``: each packet that a service sends on a network arrives later."""

from dataclasses import dataclass
from statistics import median

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.pings import Pace, Replies, replies
from stackproof.faults.means.interface import Interface, InterfaceFault, unwatched
from stackproof.faults.means.netem import WITHOUT_EMULATION, NetemFault
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import Evidence, FaultError, FaultSpec

_DELAY_MS = IntegerParameter("delay_ms", "added to each packet that the service sends", "milliseconds", 1, 10_000)
_JITTER_MS = IntegerParameter("jitter_ms", "how far the delay varies both ways", "milliseconds", 0, 10_000, default=0)
_PACKETS = 25
_APART_MS = 20
_PATIENCE_S = 1.0
_TYPICAL_SHARE = 0.4
_LEAST_SHARE = 0.98  # clocks and timers may differ that much
_NOISE_MS = 5  # a shorter delay cannot be told from a busy machine


@dataclass(frozen=True, slots=True)
class Delay(NetemFault):
    """A service whose packets are late.

    Attributes:
        delay_ms: Delay, in milliseconds.
        jitter_ms: How far it varies both ways, in milliseconds.
    """

    delay_ms: int
    jitter_ms: int

    @property
    def kind(self) -> str:
        """Its name in the catalogue."""
        return "delay"

    @property
    def handle(self) -> str:
        """Its name in the kernel."""
        return "5d01"

    @property
    def emulation(self) -> str:
        """With jitter, packets that are held back for less time overtake others."""
        return f"delay {self.delay_ms}ms {self.jitter_ms}ms" if self.jitter_ms else f"delay {self.delay_ms}ms"

    def evidence(self, engine: RunningStack) -> Evidence:
        """Time round trips from a neighbour, and such as stay within the service."""
        view = self.interface.view(engine)
        if view is None:
            return unwatched(self.interface)
        pace = Pace(_PACKETS, _APART_MS, (self.delay_ms + self.jitter_ms) / 1000 + _PATIENCE_S)
        over, within = (replies(engine, place, view.host, pace) for place in (view.outside, view.inside))
        return self.judge(over, within)

    def judge(self, over: Replies, within: Replies) -> Evidence:
        """Round trips must typically be longer by much of the delay, and none shorter than it lets any."""
        if not over.came or not within.came:
            return Evidence(
                confirmed=False, observed=f"{len(over.came)} answers over the network, {len(within.came)} within"
            )
        took, by_itself = ([reply.took_ms for reply in each.came] for each in (over, within))
        extra_ms = median(took) - median(by_itself)
        is_late = extra_ms >= max(_NOISE_MS, _TYPICAL_SHARE * self.delay_ms)
        return Evidence(
            confirmed=is_late and self._is_beyond_chance(took, by_itself),
            observed=f"round trips over {self.interface.network} take {median(took):.1f} ms, {min(took):.1f} at least; "
            f"within {self.interface.service} {median(by_itself):.1f} ms, {max(by_itself):.1f} at most",
        )

    def _is_beyond_chance(self, took: list[float], by_itself: list[float]) -> bool:
        """A busy machine delays some packets; this fault delays each, or with much jitter most."""
        if self.jitter_ms * 2 <= self.delay_ms:
            return min(took) >= _LEAST_SHARE * (self.delay_ms - self.jitter_ms)
        return median(took) > max(by_itself)


def _bind(spec: FaultSpec, interface: Interface) -> Delay:
    fault = Delay(interface, _DELAY_MS.read(spec), _JITTER_MS.read(spec))
    if fault.jitter_ms > fault.delay_ms:
        raise FaultError(f"fault '{spec}': expected jitter_ms up to delay_ms, {fault.delay_ms}, saw {fault.jitter_ms}")
    return fault


KIND = InterfaceFault(
    "delay",
    "Each packet that the service sends on a network arrives later.",
    (_DELAY_MS, _JITTER_MS),
    _bind,
    needs=(Capability.HELPERS, Capability.NETWORK_EMULATION),
    instead=WITHOUT_EMULATION,
)
