"""Comments that exclude mutants."""

from pathlib import Path

import pytest

from stackproof.alerts.mutants.exclusions import exclusion_of, read_exclusions
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
def test_a_comment_excludes_the_named_mutants_of_its_own_rule(mutant: Mutant, reason: str | None) -> None:
    """With a number one edit, without it all edits of the kind; a comment on its own line applies to the next line."""
    mark = exclusion_of(mutant, read_exclusions(FILE, TEXT), OWNERS)
    assert (mark.reason if mark else None) == reason


@pytest.mark.parametrize("comment", ["# mutant-ok:", "# mutant-ok: threshold", "#mutant-ok: 5 because"])
def test_a_comment_without_a_reason_is_refused(comment: str) -> None:
    """A survivor needs an explanation to be excluded."""
    with pytest.raises(DeclarationError, match=r"rules\.yaml:2: expected `# mutant-ok: OPERATOR reason`"):
        read_exclusions(FILE, f"groups:\n{comment}\n")
