"""Comments that excuse mutants."""

from pathlib import Path

import pytest

from stackproof.alerts.mutants.exclusions import mark_of, read_marks
from stackproof.alerts.mutants.mutant import Mutant
from stackproof.model import DeclarationError, Location

FILE = Path("rules.yaml")
TEXT = """\
groups:
- name: g
  rules:
  # mutant-ok: comparison-2 a rate is never exactly this
  # more words
  - alert: A
    expr: x > 1
    for: 5m # mutant-ok: for, label nobody minds
  - alert: B
    expr: y > 1
"""
OWNERS = (Location(FILE, 6), Location(FILE, 9))


def _mutant(owner: int, operator: str, number: int) -> Mutant:
    where = Location(FILE, owner)
    return Mutant(f"rules.yaml:A:{operator}-{number}", operator, where, where, "", "")


@pytest.mark.parametrize(
    ("mutant", "reason"),
    [
        (_mutant(6, "comparison", 2), "a rate is never exactly this"),
        (_mutant(6, "comparison", 1), None),
        (_mutant(6, "for", 1), "nobody minds"),
        (_mutant(6, "label", 7), "nobody minds"),
        (_mutant(9, "comparison", 2), None),
        (_mutant(9, "for", 1), None),
    ],
)
def test_a_mark_excuses_what_it_names_in_its_own_rule(mutant: Mutant, reason: str | None) -> None:
    """A number means that one edit, none means all of the kind; a comment alone speaks of the next line."""
    mark = mark_of(mutant, read_marks(FILE, TEXT), OWNERS)
    assert (mark.reason if mark else None) == reason


@pytest.mark.parametrize("comment", ["# mutant-ok:", "# mutant-ok: threshold", "#mutant-ok: 5 because"])
def test_a_mark_without_a_reason_is_refused(comment: str) -> None:
    """A survivor is explained, or it is none that is excused."""
    with pytest.raises(DeclarationError, match=r"rules\.yaml:2: expected `# mutant-ok: OPERATOR reason`"):
        read_marks(FILE, f"groups:\n{comment}\n")
