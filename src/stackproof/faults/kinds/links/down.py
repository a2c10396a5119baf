"""``down``: a link does not listen, and every open connection on it is dropped."""

from dataclasses import dataclass

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.comparison import BRIEF, Comparison, answered_question, compare, unseen
from stackproof.faults.evidence.conversation import End
from stackproof.faults.fault import LinkFault
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
        question = answered_question(engine, self.link)
        if question is None:
            return unseen(self.link, "answers nothing")
        return self.judge(compare(engine, self.link, question, BRIEF))

    def judge(self, seen: Comparison) -> Evidence:
        """Over the link a client must be refused, or be dropped without a byte where another proxy accepts for it."""
        over, beside = seen.over[0], seen.beside[0]
        return Evidence(
            confirmed=beside.is_answered and not over.is_answered and over.end is not End.OPEN, observed=str(seen)
        )

    def heal(self, engine: RunningStack) -> None:
        """Listen again."""
        engine.link(self.link).restore()


def _bind(_spec: FaultSpec, link: Link) -> Down:
    return Down(link)


KIND = LinkFault("down", "The link does not listen, and what was open on it is dropped.", (), _bind)
