"""``delay``: every packet that a service sends on a network arrives late."""

from dataclasses import dataclass
from statistics import median

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.pings import Pace, Replies, replies
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.network_emulator import EmulatedFault
from stackproof.faults.means.network_interface import INTERFACE, NetworkInterface, unobservable_interface
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import Evidence, FaultError, FaultSpec

_DELAY_MS = IntegerParameter("delay_ms", "added to every packet that the service sends", "milliseconds", 1, 10_000)
_JITTER_MS = IntegerParameter("jitter_ms", "how far the delay varies up and down", "milliseconds", 0, 10_000, default=0)
_PACKETS = 25
_APART_MS = 20
_PATIENCE_S = 1.0
_TYPICAL_SHARE = 0.4
_LEAST_SHARE = 0.98  # clocks and timers may differ by that much
_NOISE_MS = 5  # a busy machine alone may cause a shorter delay


@dataclass(frozen=True, slots=True)
class Delay(EmulatedFault):
    """A service whose packets are late.

    Attributes:
        delay_ms: The delay, in milliseconds.
        jitter_ms: How far it varies, up and down, in milliseconds.
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
        """With jitter, packets with a shorter delay overtake others."""
        return f"delay {self.delay_ms}ms {self.jitter_ms}ms" if self.jitter_ms else f"delay {self.delay_ms}ms"

    def evidence(self, engine: RunningStack) -> Evidence:
        """Time round trips from a neighbour, and others that stay within the service."""
        points = self.interface.vantage_points(engine)
        if points is None:
            return unobservable_interface(self.interface)
        pace = Pace(_PACKETS, _APART_MS, (self.delay_ms + self.jitter_ms) / 1000 + _PATIENCE_S)
        outside, inside = (replies(engine, place, points.host, pace) for place in (points.outside, points.inside))
        return self.judge(outside, inside)

    def judge(self, outside: Replies, inside: Replies) -> Evidence:
        """Confirmed if the typical round trip is longer by much of the delay, and none is shorter than the delay."""
        if not outside.arrived or not inside.arrived:
            return Evidence(
                confirmed=False,
                observed=f"{len(outside.arrived)} answers over the network, {len(inside.arrived)} within the service",
            )
        took, control = ([reply.took_ms for reply in each.arrived] for each in (outside, inside))
        extra_ms = median(took) - median(control)
        is_late = extra_ms >= max(_NOISE_MS, _TYPICAL_SHARE * self.delay_ms)
        return Evidence(
            confirmed=is_late and self._is_beyond_chance(took, control),
            observed=f"round trips over {self.interface.network} took {median(took):.1f} ms, {min(took):.1f} at least; "
            f"within {self.interface.service} {median(control):.1f} ms, {max(control):.1f} at most",
        )

    def _is_beyond_chance(self, took: list[float], control: list[float]) -> bool:
        """A busy machine delays some packets; this fault delays all of them, or with much jitter most."""
        if self.jitter_ms * 2 <= self.delay_ms:
            return min(took) >= _LEAST_SHARE * (self.delay_ms - self.jitter_ms)
        return median(took) > max(control)


def _bind(spec: FaultSpec, interface: NetworkInterface) -> Delay:
    fault = Delay(interface, _DELAY_MS.read(spec), _JITTER_MS.read(spec))
    if fault.jitter_ms > fault.delay_ms:
        raise FaultError(
            f"fault '{spec}': expected jitter_ms of at most delay_ms, {fault.delay_ms}, saw {fault.jitter_ms}"
        )
    return fault


KIND = fault_kind(
    "delay",
    INTERFACE,
    "Every packet that the service sends on a network arrives late.",
    (_DELAY_MS, _JITTER_MS),
    _bind,
    Capability.NETWORK_EMULATION,
)
