"""``slicer``: what is sent arrives in small pieces with pauses between them."""

from dataclasses import dataclass

from stackproof.engine.port import LinkEffect, RunningStack, SlicingEffect
from stackproof.faults.evidence.client_view import Patience
from stackproof.faults.evidence.link_comparison import LONGEST_WATCH_S, LinkComparison, compare, unobservable
from stackproof.faults.evidence.port_requests import plain_requests, request_with_long_answer
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.link_effects import EffectFault, both_ways
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import LINK
from stackproof.model import Evidence, FaultError, FaultSpec, Link

_AVERAGE_BYTES = IntegerParameter("average_bytes", "average size of a piece", "bytes", 1, 1_000_000, default=64)
_VARIATION_BYTES = IntegerParameter(
    "variation_bytes", "how far the size varies both ways; less than the average", "bytes", 0, 999_999, default=0
)
_DELAY_US = IntegerParameter("delay_us", "pause after a piece", "microseconds", 100, 500_000, default=10_000)
_FEWEST_PIECES = 4
_WATCHED_S = 0.1
_QUIET_S = 0.5
_LEAST_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Slicer(EffectFault):
    """A link that cuts what it carries into pieces.

    Attributes:
        average_bytes: Average size of a piece, in bytes.
        variation_bytes: How far the size varies both ways, in bytes.
        delay_us: Pause after a piece, in microseconds.
    """

    average_bytes: int
    variation_bytes: int
    delay_us: int

    @property
    def effects(self) -> tuple[LinkEffect, ...]:
        """Both ways."""
        return both_ways("slicer", SlicingEffect(self.average_bytes, self.variation_bytes, self.delay_us))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Time an answer whose pauses take a tenth of a second."""
        wanted_bytes = self._pieces * (self.average_bytes + self.variation_bytes)
        candidates = plain_requests(engine.stack.service(self.link.service), self.link.port)
        question = request_with_long_answer(engine, self.link, candidates, wanted_bytes)
        if question is None:
            return unobservable(self.link, f"gives no answer of {wanted_bytes} bytes")
        return self.judge(compare(engine, self.link, question, Patience(LONGEST_WATCH_S, _QUIET_S)))

    @property
    def _pieces(self) -> int:
        """So many that a busy machine does not make their pauses by itself."""
        return max(_FEWEST_PIECES, round(_WATCHED_S / self._delay_s))

    @property
    def _delay_s(self) -> float:
        return self.delay_us / 1_000_000

    def judge(self, seen: LinkComparison) -> Evidence:
        """An answer must take longer over the link than around it, by most of the time of its pauses."""
        over, beside = (min(each, key=lambda client: client.last_byte_s) for each in (seen.via_link, seen.direct))
        pauses = over.size_bytes / (self.average_bytes + self.variation_bytes) - 1
        least_s = _LEAST_SHARE * min(pauses * self._delay_s, LONGEST_WATCH_S)
        return Evidence(
            confirmed=pauses >= 1 and over.last_byte_s - beside.last_byte_s >= least_s,
            observed=f"{over.size_bytes} bytes in {len(over.chunks)} pieces and {over.last_byte_s * 1000:.0f} ms over "
            f"the link, in {len(beside.chunks)} and {beside.last_byte_s * 1000:.0f} ms beside it, at best",
        )


def _bind(spec: FaultSpec, link: Link) -> Slicer:
    fault = Slicer(link, _AVERAGE_BYTES.read(spec), _VARIATION_BYTES.read(spec), _DELAY_US.read(spec))
    if fault.variation_bytes >= fault.average_bytes:
        raise FaultError(
            f"fault '{spec}': expected variation_bytes under average_bytes, {fault.average_bytes}, "
            f"saw {fault.variation_bytes}"
        )
    return fault


KIND = fault_kind(
    "slicer",
    LINK,
    "What is sent arrives in small pieces with pauses between them.",
    (_AVERAGE_BYTES, _VARIATION_BYTES, _DELAY_US),
    _bind,
)
