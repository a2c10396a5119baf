"""``bandwidth``: a link carries few bytes a second."""

from dataclasses import dataclass

from stackproof.engine.port import BandwidthEffect, LinkEffect, RunningStack
from stackproof.faults.evidence.client_view import ClientView, Patience
from stackproof.faults.evidence.link_comparison import LONGEST_WATCH_S, LinkComparison, compare, unobservable
from stackproof.faults.evidence.port_requests import port_requests, request_with_long_answer
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.link_effects import EffectFault, both_ways
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import LINK
from stackproof.model import Evidence, FaultSpec, Link

_BITS_PER_BYTE = 8
_RATE_KBPS = IntegerParameter(
    "rate_kbps", "carried each way", "kilobits (1000 bits) a second", _BITS_PER_BYTE, 8_000_000, step=_BITS_PER_BYTE
)
_WATCHED_S = 0.1
_QUIET_S = 0.5
_LEAST_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Bandwidth(EffectFault):
    """A narrow link.

    Attributes:
        rate_kbps: Kilobits (1000 bits) a second, each way.
    """

    rate_kbps: int

    @property
    def effects(self) -> tuple[LinkEffect, ...]:
        """An effect counts in whole kilobytes of 1000 bytes a second: hence the steps of 8."""
        return both_ways("bandwidth", BandwidthEffect(self.rate_kbps // _BITS_PER_BYTE))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Time an answer that takes a tenth of a second at this rate."""
        wanted_bytes = int(self._bytes_per_s * _WATCHED_S) + 1
        candidates = port_requests(engine.stack.service(self.link.service), self.link.port)
        question = request_with_long_answer(engine, self.link, candidates, wanted_bytes)
        if question is None:
            return unobservable(self.link, f"gives no answer of {wanted_bytes} bytes")
        return self.judge(compare(engine, self.link, question, Patience(LONGEST_WATCH_S, _QUIET_S)))

    def judge(self, seen: LinkComparison) -> Evidence:
        """The answer must take most of the time that the rate implies, and arrive sooner around the link."""
        beside = min(seen.direct, key=lambda each: each.last_byte_s)
        over = min(seen.via_link, key=lambda each: _took_s(each, beside.size_bytes))
        took_s = _took_s(over, beside.size_bytes)
        least_s = _LEAST_SHARE * min(beside.size_bytes / self._bytes_per_s, LONGEST_WATCH_S)
        return Evidence(
            confirmed=over.is_answered and took_s >= least_s > beside.last_byte_s,
            observed=f"{over.size_bytes} bytes in {took_s * 1000:.0f} ms over the link, "
            f"{beside.size_bytes} in {beside.last_byte_s * 1000:.0f} ms beside it, at best",
        )

    @property
    def _bytes_per_s(self) -> float:
        return self.rate_kbps * 1000 / _BITS_PER_BYTE


def _took_s(seen: ClientView, whole_bytes: int) -> float:
    return seen.last_byte_s if seen.size_bytes >= whole_bytes else seen.ended_s


def _bind(spec: FaultSpec, link: Link) -> Bandwidth:
    return Bandwidth(link, _RATE_KBPS.read(spec))


KIND = fault_kind("bandwidth", LINK, "The link carries few bytes a second, each way.", (_RATE_KBPS,), _bind)
