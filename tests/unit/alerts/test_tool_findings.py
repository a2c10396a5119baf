"""Complaints of promtool and amtool become findings, once, at the line of the rule that they name."""

from pathlib import Path

from stackproof.alerts.file_findings import tool_findings
from stackproof.declare.prometheus.rule_file import rules_of
from stackproof.documents.yaml_reader import parse_tree
from stackproof.model import Location

FILE = Path("r.yaml")
RULES = "groups:\n- name: a\n  rules:\n  - record: x\n    expr: up\n  - alert: B\n    expr: up\n"


def _findings(program: str, text: str) -> list[tuple[int | None, str]]:
    groups = rules_of(FILE, parse_tree(FILE, RULES)).groups
    return [(finding.where.line, finding.message) for finding in tool_findings(program, Location(FILE), text, groups)]


def test_complaints_become_findings_with_lines() -> None:
    """The line that the tool names, or that of the rule."""
    text = """Checking r.yaml
  FAILED:
r.yaml: group "a", rule 2, "B": annotation "s": undefined variable "$label"
r.yaml: 5:11: group "a", rule 1, "x": could not parse expression
"""
    assert _findings("promtool", text) == [
        (6, 'promtool says: r.yaml: group "a", rule 2, "B": annotation "s": undefined variable "$label"'),
        (5, 'promtool says: group "a", rule 1, "x": could not parse expression'),
    ]


def test_unknown_fields_become_findings() -> None:
    """YAML errors have their own lines."""
    text = "Checking r.yaml\n\n  FAILED:\nr.yaml: yaml: unmarshal errors:\n  line 9: field foo not found in type X\n"
    assert _findings("promtool", text) == [(9, "promtool says: field foo not found in type X")]


def test_amtools_complaint_becomes_a_finding() -> None:
    """One finding, without the count of failed files."""
    text = "Checking 'a.yml'  FAILED: undefined receiver \"x\"\n\namtool: error: failed to validate 1 file(s)\n"
    assert _findings("amtool", text) == [(None, 'amtool says: undefined receiver "x"')]


def test_newer_syntax_is_not_a_mistake() -> None:
    """Labels of groups and new functions of Prometheus 3 are read correctly by our own reader."""
    newer = (
        'unknown function with name "info"',
        'unexpected <op:*> in subquery or range, expected ":" or "]"',
        'unexpected string "\\"a.b\\"" in grouping opts, expected label',
        'unexpected identifier "anchored"',
        'unexpected duration "1d"',
        'bad number or duration syntax: "10"',
    )
    text = (
        "Checking r.yaml\n  FAILED:\nr.yaml: yaml: unmarshal errors:\n"
        "  line 3: field labels not found in type rulefmt.RuleGroup\n"
        'r.yaml: group "a", rule 2, "B": invalid label name: service.name\n'
        + "".join(
            f'r.yaml: 5:1: group "a", rule 1, "x": could not parse expression: 1:9: parse error: {each}\n'
            for each in newer
        )
    )
    assert _findings("promtool", text) == []


def test_what_an_older_amtool_does_not_know_is_not_a_mistake() -> None:
    """A distribution's amtool may lack integrations and time zones; our own reader knows them."""
    text = (
        "Checking 'a.yml'  FAILED: yaml: unmarshal errors:\n"
        "  line 4: field jira_configs not found in type config.plain\n"
        "Checking 'b.yml'  FAILED: unknown time zone US/Eastern\n"
        "Checking 'c.yml'  FAILED: missing bot_token or bot_token_file on telegram_config\n"
    )
    assert _findings("amtool", text) == []
