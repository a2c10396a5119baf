"""``timeout``: a link swallows all that is sent, and closes after a while."""

from dataclasses import dataclass

from stackproof.engine.port import LinkEffect, RunningStack, TimeoutEffect
from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd, Patience
from stackproof.faults.evidence.link_comparison import LinkComparison, compare, unobservable
from stackproof.faults.evidence.port_requests import answered_request
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.link_effects import EffectFault, both_ways
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import LINK
from stackproof.model import Evidence, FaultSpec, Link

_TIMEOUT_MS = IntegerParameter(
    "timeout_ms", "until a silent connection is closed; 0 for never", "milliseconds", 0, 3_600_000, default=0
)
_WATCH_S = 1.0
_LEAST_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Timeout(EffectFault):
    """A black hole.

    Attributes:
        timeout_ms: Until a silent connection is closed, in milliseconds; 0 for never.
    """

    timeout_ms: int

    @property
    def effects(self) -> tuple[LinkEffect, ...]:
        """Both ways: no question reaches the service, and nothing that it sends by itself reaches a client."""
        return both_ways("timeout", TimeoutEffect(self.timeout_ms))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask a question that is answered around the link at once."""
        question = answered_request(engine, self.link)
        if question is None:
            return unobservable(self.link, "answers nothing")
        return self.judge(compare(engine, self.link, question, Patience(_WATCH_S, quiet_s=0)))

    def judge(self, seen: LinkComparison) -> Evidence:
        """Over the link no byte must arrive, and no end before its time."""
        confirmed = all(each.is_answered for each in seen.direct) and all(map(self._is_swallowed, seen.via_link))
        return Evidence(confirmed, str(seen))

    def _is_swallowed(self, seen: ClientView) -> bool:
        if seen.is_answered or seen.end is ConnectionEnd.REFUSED:
            return False
        return seen.end is ConnectionEnd.OPEN or seen.ended_s >= _LEAST_SHARE * self.timeout_ms / 1000 > 0


def _bind(spec: FaultSpec, link: Link) -> Timeout:
    return Timeout(link, _TIMEOUT_MS.read(spec))


KIND = fault_kind("timeout", LINK, "The link swallows all that is sent, then closes.", (_TIMEOUT_MS,), _bind)
