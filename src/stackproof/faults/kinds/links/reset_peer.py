"""``reset_peer``: a connection is reset as soon as either side has sent something."""

from dataclasses import dataclass

from stackproof.engine.port import LinkEffect, ResetEffect, RunningStack
from stackproof.faults.evidence.client_view import BRIEF, Patience
from stackproof.faults.evidence.link_comparison import LinkComparison, compare, unobservable
from stackproof.faults.evidence.port_requests import answered_request
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.link_effects import EffectFault, both_ways
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import LINK
from stackproof.model import Evidence, FaultSpec, Link

_DELAY_MS = IntegerParameter("delay_ms", "between the first byte and the reset", "milliseconds", 0, 10_000, default=0)
_LEAST_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class ResetPeer(EffectFault):
    """A link that resets.

    Attributes:
        delay_ms: Between the first byte and the reset, in milliseconds.
    """

    delay_ms: int

    @property
    def effects(self) -> tuple[LinkEffect, ...]:
        """Both ways: the first byte of either side triggers it."""
        return both_ways("reset_peer", ResetEffect(self.delay_ms))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask a question that is answered around the link."""
        question = answered_request(engine, self.link)
        if question is None:
            return unobservable(self.link, "answers nothing")
        patience = Patience(self.delay_ms / 1000 + BRIEF.within_s, BRIEF.quiet_s)
        return self.judge(compare(engine, self.link, question, patience))

    def judge(self, seen: LinkComparison) -> Evidence:
        """Over the link the connection must end without a byte; a reset may arrive as a close behind other proxies."""
        over, beside = seen.via_link[0], seen.direct[0]
        has_ended = over.was_closed and over.ended_s >= _LEAST_SHARE * self.delay_ms / 1000
        return Evidence(confirmed=beside.is_answered and not over.is_answered and has_ended, observed=str(seen))


def _bind(spec: FaultSpec, link: Link) -> ResetPeer:
    return ResetPeer(link, _DELAY_MS.read(spec))


KIND = fault_kind("reset_peer", LINK, "A connection is reset as soon as either side spoke.", (_DELAY_MS,), _bind)
