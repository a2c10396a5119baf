"""Verdicts, and the judgement on an objective."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from stackproof.model.objective import Objective


class Verdict(StrEnum):
    """Proved, refuted, or undecided."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"

    @property
    def exit_code(self) -> int:
        """Exit code of a run with this verdict: 0 PASS, 1 FAIL, 3 INCONCLUSIVE."""
        return {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.INCONCLUSIVE: 3}[self]

    @classmethod
    def worst(cls, verdicts: Iterable["Verdict"]) -> "Verdict":
        """FAIL before INCONCLUSIVE before PASS; PASS if there are none."""
        seen = set(verdicts)
        return next((verdict for verdict in (cls.FAIL, cls.INCONCLUSIVE) if verdict in seen), cls.PASS)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one objective, with its evidence.

    Attributes:
        objective: The objective.
        n: Requests that count.
        failures: Bad ones among them.
        observed: Share of good requests, between 0 and 1; None if n is 0.
        lower: One-sided lower 95 % confidence bound on the share of good requests.
        upper: One-sided upper 95 % confidence bound on it.
        quantile_s: For latency: the observed latency at the objective's quantile (target 0.95: p95), in seconds.
        verdict: PASS if ``lower`` meets the target, FAIL if ``upper`` misses it, else INCONCLUSIVE.
        reason: One sentence with the numbers behind the verdict.
        gates: True if this verdict decides the run.
        more_samples: How many more requests without a failure would prove it; 0 if it is decided.
    """

    objective: Objective
    n: int
    failures: int
    observed: float | None
    lower: float
    upper: float
    quantile_s: float | None
    verdict: Verdict
    reason: str
    gates: bool
    more_samples: int

    @property
    def statement(self) -> str:
        """The reason with the objective's id before it."""
        return f"{self.objective.id}: {self.reason}"
