"""What promtool and amtool say is told once, at the line of the rule that they name."""

from pathlib import Path

from stackproof.alerts.file_findings import of_tool
from stackproof.declare.prometheus.rules import rules_of
from stackproof.documents.tree import parse_tree
from stackproof.model import Location

FILE = Path("r.yaml")
RULES = "groups:\n- name: a\n  rules:\n  - record: x\n    expr: up\n  - alert: B\n    expr: up\n"


def _told(program: str, text: str) -> list[tuple[int | None, str]]:
    groups = rules_of(FILE, parse_tree(FILE, RULES)).groups
    return [(finding.where.line, finding.message) for finding in of_tool(program, Location(FILE), text, groups)]


def test_complaints_are_told_with_their_lines() -> None:
    """By the line that a tool names, or by that of the rule."""
    text = """Checking r.yaml
  FAILED:
r.yaml: group "a", rule 2, "B": annotation "s": undefined variable "$label"
r.yaml: 5:11: group "a", rule 1, "x": could not parse expression
"""
    assert _told("promtool", text) == [
        (6, 'promtool says: r.yaml: group "a", rule 2, "B": annotation "s": undefined variable "$label"'),
        (5, 'promtool says: group "a", rule 1, "x": could not parse expression'),
    ]


def test_unknown_fields_are_told() -> None:
    """YAML errors come with lines of their own."""
    text = "Checking r.yaml\n\n  FAILED:\nr.yaml: yaml: unmarshal errors:\n  line 9: field foo not found in type X\n"
    assert _told("promtool", text) == [(9, "promtool says: field foo not found in type X")]


def test_amtools_complaint_is_told() -> None:
    """One line, and not how many files failed."""
    text = "Checking 'a.yml'  FAILED: undefined receiver \"x\"\n\namtool: error: failed to validate 1 file(s)\n"
    assert _told("amtool", text) == [(None, 'amtool says: undefined receiver "x"')]


def test_what_an_old_tool_does_not_know_is_no_mistake() -> None:
    """Prometheus 3 takes labels of groups and new functions; the reading of the files knows what it does not."""
    text = (
        "Checking r.yaml\n  FAILED:\nr.yaml: yaml: unmarshal errors:\n"
        "  line 3: field labels not found in type rulefmt.RuleGroup\n"
        'r.yaml: 5:11: group "a", rule 1, "x": 1:1: parse error: unknown function with name "info"\n'
    )
    assert _told("promtool", text) == []
