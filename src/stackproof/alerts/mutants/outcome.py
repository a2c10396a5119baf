"""Interprets promtool's output on a mutant.

Source: `cmd/promtool/unittest.go` of Prometheus: the message of a failed claim begins with ``alertname:`` or ``expr:``,
and that of a rule that could not be evaluated with ``rule:``.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

_FAILED = re.compile(r"^\s*FAILED:", re.MULTILINE)
_NOTICED = re.compile(r"^\s+(?:alertname|expr|rule): ", re.MULTILINE)


class MutantOutcome(StrEnum):
    """What the tests made of a mutant."""

    KILLED = "killed"
    """A claim failed, or a rule could not be evaluated."""
    SURVIVED = "survived"
    """All tests passed."""
    EQUIVALENT = "equivalent"
    """It provably changes nothing, or an exclusion covers it."""
    REFUSED = "refused"
    """promtool did not load the rules."""
    BROKEN = "broken"
    """promtool crashed or hung."""


def outcome_of(output: Sequence[str] | None) -> MutantOutcome:
    """The outcome that promtool's output shows.

    Args:
        output: The output for each test file; None if promtool crashed or hung.
    """
    if output is None:
        return MutantOutcome.BROKEN
    failed = [text for text in output if _FAILED.search(text)]
    if not failed:
        return MutantOutcome.SURVIVED
    return MutantOutcome.KILLED if any(_NOTICED.search(text) for text in failed) else MutantOutcome.REFUSED
