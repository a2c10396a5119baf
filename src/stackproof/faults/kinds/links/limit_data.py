"""``limit_data``: a connection is closed after so many bytes."""

from dataclasses import dataclass

from stackproof.engine.port import DataLimitEffect, LinkEffect, RunningStack
from stackproof.faults.evidence.client_view import BRIEF, Patience
from stackproof.faults.evidence.link_comparison import LONGEST_WATCH_S, LinkComparison, compare, unobservable
from stackproof.faults.evidence.port_requests import port_requests, request_with_long_answer
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.link_effects import EffectFault, both_ways
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import LINK
from stackproof.model import Evidence, FaultSpec, Link

_LIMIT_BYTES = IntegerParameter("limit_bytes", "carried each way before a connection is closed", "bytes", 1, 2**40)


@dataclass(frozen=True, slots=True)
class LimitData(EffectFault):
    """A link that breaks off.

    Attributes:
        limit_bytes: Bytes carried each way before a connection is closed.
    """

    limit_bytes: int

    @property
    def effects(self) -> tuple[LinkEffect, ...]:
        """Both ways: the first that reaches the limit ends the connection."""
        return both_ways("limit_data", DataLimitEffect(self.limit_bytes))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask for more than the link carries."""
        candidates = port_requests(engine.stack.service(self.link.service), self.link.port)
        question = request_with_long_answer(engine, self.link, candidates, self.limit_bytes + 1)
        if question is None:
            return unobservable(self.link, f"gives no answer of more than {self.limit_bytes} bytes")
        return self.judge(compare(engine, self.link, question, Patience(LONGEST_WATCH_S, BRIEF.quiet_s)))

    def judge(self, seen: LinkComparison) -> Evidence:
        """Over the link the connection must end within the limit, and more must arrive around it."""
        over, beside = seen.via_link[0], seen.direct[0]
        is_within = over.size_bytes <= self.limit_bytes < beside.size_bytes
        return Evidence(confirmed=over.was_closed and is_within, observed=str(seen))


def _bind(spec: FaultSpec, link: Link) -> LimitData:
    return LimitData(link, _LIMIT_BYTES.read(spec))


KIND = fault_kind("limit_data", LINK, "A connection is closed after so many bytes.", (_LIMIT_BYTES,), _bind)
