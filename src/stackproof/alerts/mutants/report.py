"""What became of all mutants."""

from collections.abc import Sequence
from dataclasses import dataclass

from stackproof.alerts.mutants.exclusions import Mark
from stackproof.alerts.mutants.mutant import Mutant
from stackproof.alerts.mutants.outcome import Outcome

_COUNTED = frozenset({Outcome.KILLED, Outcome.SURVIVED, Outcome.BROKEN})


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant and what became of it.

    Attributes:
        mutant: The mutant.
        outcome: What became of it.
        reason: Why it is equivalent; why it survived, where that is known.
    """

    mutant: Mutant
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What became of all mutants.

    Attributes:
        judged: Every mutant, in the order of the files.
        needless: Marks that excuse nothing, because the tests notice what they excuse.
        seconds: How long it took.
    """

    judged: Sequence[Judged]
    needless: Sequence[Mark]
    seconds: float

    def of(self, outcome: Outcome) -> tuple[Judged, ...]:
        """The mutants with this outcome."""
        return tuple(each for each in self.judged if each.outcome is outcome)

    @property
    def score(self) -> float:
        """The part that was noticed of those that count; 1 where none does.

        Equivalent ones and those that promtool refuses do not count. One on which promtool crashed was not noticed.
        """
        counted = [each for each in self.judged if each.outcome in _COUNTED]
        return len(self.of(Outcome.KILLED)) / len(counted) if counted else 1.0
