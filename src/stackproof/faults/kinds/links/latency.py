"""``latency``: what a service sends arrives later."""

from collections.abc import Iterable
from dataclasses import dataclass

from stackproof.engine.port import LatencyEffect, LinkEffect, RunningStack
from stackproof.faults.evidence.client_view import BRIEF, ClientView, Patience
from stackproof.faults.evidence.link_comparison import LONGEST_WATCH_S, LinkComparison, compare, typical_s, unobservable
from stackproof.faults.evidence.port_requests import answered_request
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.link_effects import EffectFault, towards_client
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import LINK
from stackproof.model import Evidence, FaultError, FaultSpec, Link

_LATENCY_MS = IntegerParameter("latency_ms", "added to all that the service sends", "milliseconds", 1, 60_000)
_JITTER_MS = IntegerParameter("jitter_ms", "how far the delay varies up and down", "milliseconds", 0, 60_000, default=0)
_CLIENTS = 5
_CLIENTS_WITH_JITTER = 16
_LOOKS_WITH_JITTER = 3
_CALM_SHARE = 0.2
_TYPICAL_SHARE = 0.4
_MOST_TIMES = 2
_LEAST_SHARE = 0.98  # clocks and timers may differ by so much
_NOISE_S = 0.005  # a shorter delay cannot be told from a busy machine


@dataclass(frozen=True, slots=True)
class Latency(EffectFault):
    """A late link.

    Attributes:
        latency_ms: Delay, in milliseconds.
        jitter_ms: How far it varies both ways, in milliseconds.
    """

    latency_ms: int
    jitter_ms: int

    @property
    def effects(self) -> tuple[LinkEffect, ...]:
        """Towards the client alone, so that a round trip grows by the latency once."""
        return towards_client("latency", LatencyEffect(self.latency_ms, self.jitter_ms))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Time answers over the link and around it."""
        question = answered_request(engine, self.link)
        if question is None:
            return unobservable(self.link, "answers nothing")
        longest_s = (self.latency_ms + self.jitter_ms) / 1000 + BRIEF.within_s
        patience = Patience(min(longest_s, LONGEST_WATCH_S), quiet_s=0)
        clients, looks = (_CLIENTS, 1) if self._is_steady else (_CLIENTS_WITH_JITTER, _LOOKS_WITH_JITTER)
        seen = (compare(engine, self.link, question, patience, clients) for _ in range(looks))
        return self.judge(self.calmest(seen))

    def calmest(self, looks: Iterable[LinkComparison]) -> LinkComparison:
        """The first look during which the machine was calm, or else the one during which it was calmest.

        Where jitter lets some answers through at once, a machine that stalls one way more than the other looks the
        same. How busy it was shows in the answers around the link.
        """
        seen = []
        for look in looks:
            seen.append(look)
            if _noise_s(look) <= _CALM_SHARE * self.latency_ms / 1000:
                return look
        return min(seen, key=_noise_s)

    @property
    def _is_steady(self) -> bool:
        return self.jitter_ms * 2 <= self.latency_ms

    def judge(self, seen: LinkComparison) -> Evidence:
        """Answers must typically be later over the link by much of the latency, and none sooner than it allows."""
        late_s = min(self.latency_ms / 1000, LONGEST_WATCH_S)
        extra_s = typical_s(seen.via_link, _reaction_s) - typical_s(seen.direct, _reaction_s)
        is_late = extra_s >= max(_NOISE_S, _TYPICAL_SHARE * late_s)
        return Evidence(
            confirmed=is_late and self._is_beyond_chance(seen),
            observed=f"answers came {extra_s * 1000:.0f} ms later over the link than beside it ({seen})",
        )

    def _is_beyond_chance(self, seen: LinkComparison) -> bool:
        """A busy machine delays some answers, or all by more than this fault can; the fault delays each, or most."""
        if not self._is_steady:
            typical = typical_s(seen.via_link, _reaction_s)
            most_s = _MOST_TIMES * (self.latency_ms + self.jitter_ms) / 1000 + BRIEF.within_s / 2
            return _noise_s(seen) < typical <= most_s
        least_s = min((self.latency_ms - self.jitter_ms) / 1000, LONGEST_WATCH_S)
        return min(map(_reaction_s, seen.via_link)) >= _LEAST_SHARE * least_s


def _noise_s(look: LinkComparison) -> float:
    return max(map(_reaction_s, look.direct))


def _reaction_s(seen: ClientView) -> float:
    return seen.reacted_s


def _bind(spec: FaultSpec, link: Link) -> Latency:
    fault = Latency(link, _LATENCY_MS.read(spec), _JITTER_MS.read(spec))
    if fault.jitter_ms > fault.latency_ms:
        raise FaultError(
            f"fault '{spec}': expected jitter_ms up to latency_ms, {fault.latency_ms}, saw {fault.jitter_ms}"
        )
    return fault


KIND = fault_kind("latency", LINK, "What the service sends arrives later.", (_LATENCY_MS, _JITTER_MS), _bind)
