"""``slicer``: what is sent arrives in small pieces with pauses between them."""

from dataclasses import dataclass

from stackproof.engine.port import Engine, Toxic
from stackproof.faults.conversation import Patience
from stackproof.faults.evidence import LONGEST_WATCH_S, Comparison, compare, long_answer, unseen
from stackproof.faults.fault import LinkFault
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.toxic_fault import ToxicFault, both_ways
from stackproof.model import Evidence, FaultError, FaultSpec, Link

_AVERAGE_BYTES = IntegerParameter("average_bytes", "average size of a piece", "bytes", 1, 1_000_000, default=64)
_VARIATION_BYTES = IntegerParameter(
    "variation_bytes", "how far the size varies both ways; less than the average", "bytes", 0, 999_999, default=0
)
_DELAY_US = IntegerParameter("delay_us", "pause after a piece", "microseconds", 100, 10_000_000, default=10_000)
_TELLING_PIECES = 8
_QUIET_S = 0.5
_SURE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Slicer(ToxicFault):
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
    def toxics(self) -> tuple[Toxic, ...]:
        """Both ways."""
        return both_ways(
            "slicer", average_size=self.average_bytes, size_variation=self.variation_bytes, delay=self.delay_us
        )

    def evidence(self, engine: Engine) -> Evidence:
        """Count the pieces of an answer that is several pieces long."""
        wanted_bytes = _TELLING_PIECES * (self.average_bytes + self.variation_bytes)
        question = long_answer(engine, self.link, wanted_bytes)
        if question is None:
            return unseen(self.link, f"gives no answer of {wanted_bytes} bytes")
        return self.judge(compare(engine, self.link, question, Patience(LONGEST_WATCH_S, _QUIET_S)))

    def judge(self, seen: Comparison) -> Evidence:
        """What arrives must come in pieces of about the size asked for, and in larger ones beside the link."""
        over, beside = seen.over[0], seen.beside[0]
        small_bytes = (self.average_bytes + self.variation_bytes) / _SURE_SHARE
        is_sliced = len(over.pieces) > 1 and over.size_bytes / len(over.pieces) <= small_bytes
        return Evidence(
            bit=is_sliced and len(over.pieces) > len(beside.pieces),
            observed=f"{over.size_bytes} bytes in {len(over.pieces)} pieces over the link, "
            f"{beside.size_bytes} in {len(beside.pieces)} beside it",
        )


def _bind(spec: FaultSpec, link: Link) -> Slicer:
    fault = Slicer(link, _AVERAGE_BYTES.read(spec), _VARIATION_BYTES.read(spec), _DELAY_US.read(spec))
    if fault.variation_bytes >= fault.average_bytes:
        raise FaultError(
            f"fault '{spec}': expected variation_bytes under average_bytes, {fault.average_bytes}, "
            f"saw {fault.variation_bytes}"
        )
    return fault


SLICER = LinkFault(
    "slicer",
    "What is sent arrives in small pieces with pauses between them.",
    (_AVERAGE_BYTES, _VARIATION_BYTES, _DELAY_US),
    _bind,
)
