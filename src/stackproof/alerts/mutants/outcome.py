"""What promtool's word on a mutant means.

Source: `cmd/promtool/unittest.go` of Prometheus: what it says of a claim that failed begins with ``alertname:`` or
``expr:``, and of a rule that could not be evaluated with ``rule:``.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

_FAILED = re.compile(r"^\s*FAILED:", re.MULTILINE)
_NOTICED = re.compile(r"^\s+(?:alertname|expr|rule): ", re.MULTILINE)


class Outcome(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    REFUSED = "refused"
    BROKEN = "broken"


def outcome_of(said: Sequence[str] | None) -> Outcome:
    """What became of a mutant.

    Args:
        said: What promtool said of each file of tests; None where it crashed or hung.

    Returns:
        KILLED where a claim failed or a rule could not be evaluated, SURVIVED where all tests passed, REFUSED where
        promtool did not load the rules at all, BROKEN where it ended without a word.
    """
    if said is None:
        return Outcome.BROKEN
    failed = [text for text in said if _FAILED.search(text)]
    if not failed:
        return Outcome.SURVIVED
    return Outcome.KILLED if any(_NOTICED.search(text) for text in failed) else Outcome.REFUSED
