"""``down``: a link does not listen, and every open connection on it is dropped."""

from dataclasses import dataclass

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.client_view import BRIEF, ConnectionEnd
from stackproof.faults.evidence.link_comparison import LinkComparison, compare, unobservable
from stackproof.faults.evidence.port_requests import answered_request
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.targets import LINK
from stackproof.model import Evidence, FaultSpec, Link


@dataclass(frozen=True, slots=True)
class Down:
    """A cut link.

    Attributes:
        link: The link.
    """

    link: Link

    def inject(self, engine: RunningStack) -> None:
        """Stop listening, and drop every open connection."""
        engine.link(self.link).cut()

    def evidence(self, engine: RunningStack) -> Evidence:
        """Ask a question that is answered around the link."""
        question = answered_request(engine, self.link)
        if question is None:
            return unobservable(self.link, "answers nothing")
        return self.judge(compare(engine, self.link, question, BRIEF))

    def judge(self, seen: LinkComparison) -> Evidence:
        """Over the link a client must be refused, or be dropped without a byte where another proxy accepts for it."""
        over, beside = seen.via_link[0], seen.direct[0]
        return Evidence(
            confirmed=beside.is_answered and not over.is_answered and over.end is not ConnectionEnd.OPEN,
            observed=str(seen),
        )

    def heal(self, engine: RunningStack) -> None:
        """Listen again."""
        engine.link(self.link).restore()


def _bind(_spec: FaultSpec, link: Link) -> Down:
    return Down(link)


KIND = fault_kind("down", LINK, "The link does not listen, and what was open on it is dropped.", (), _bind)
