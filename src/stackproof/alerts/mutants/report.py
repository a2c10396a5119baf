"""The results of a mutation run."""

from collections.abc import Sequence
from dataclasses import dataclass

from stackproof.alerts.mutants.exclusions import Exclusion
from stackproof.alerts.mutants.mutant import Mutant
from stackproof.alerts.mutants.outcome import MutantOutcome

_COUNTED = frozenset({MutantOutcome.KILLED, MutantOutcome.SURVIVED, MutantOutcome.BROKEN})


@dataclass(frozen=True, slots=True)
class JudgedMutant:
    """A mutant and its outcome.

    Attributes:
        mutant: The mutant.
        outcome: Its outcome.
        reason: Why it is equivalent, or why it survived, if that is known.
    """

    mutant: Mutant
    outcome: MutantOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MutationReport:
    """The outcome of every mutant.

    Attributes:
        judged: Every mutant, in the order of the files.
        unused_exclusions: Exclusions that cover no surviving mutant.
        seconds: How long the run took.
    """

    judged: Sequence[JudgedMutant]
    unused_exclusions: Sequence[Exclusion]
    seconds: float

    def of(self, outcome: MutantOutcome) -> tuple[JudgedMutant, ...]:
        """The mutants with this outcome."""
        return tuple(each for each in self.judged if each.outcome is outcome)

    @property
    def score(self) -> float:
        """The share of killed mutants; 1 if there are none.

        Equivalent and refused mutants do not count. A mutant on which promtool crashed counts as not killed.
        """
        counted = [each for each in self.judged if each.outcome in _COUNTED]
        return len(self.of(MutantOutcome.KILLED)) / len(counted) if counted else 1.0
