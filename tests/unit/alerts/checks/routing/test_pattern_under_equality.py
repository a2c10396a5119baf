"""routing/pattern-under-equality: a choice that is compared letter by letter."""

import pytest

from stackproof.alerts.checks.routing.pattern_under_equality import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import inhibiting, routed


@pytest.mark.parametrize(
    "value",
    [
        *("node1|node2|batch", "(a|b)", "^(a|b)$", "node.+", "db-.*-prod", "[a-z]+", "^node$", r"node\d+", r"a\.b"),
        *("“.*Job.*“", "node[0-9]", "a{2}b", "(node)?"),
    ],
)
@pytest.mark.parametrize("key", ["match", "matchers"])
def test_a_pattern_that_is_compared_as_text_is_found(key: str, value: str) -> None:
    """At the line of the matcher; it is likely only, because a label may have any value."""
    matching = (
        f"match:\n    team: x\n    instance: '{value}'"
        if key == "match"
        else f"matchers: \n  - team=x\n  - 'instance={value}'"
    )
    monitoring = routed(f"- receiver: pager\n  {matching}")
    (finding,) = CHECK.findings(monitoring)
    assert (finding.where.line, finding.severity.value, finding.confidence.value) == (7, "warning", "likely")
    assert 'instance=~"' in finding.fix


def test_names_and_severities_are_certain() -> None:
    """Only rules give them, and their values are words."""
    assert found(CHECK, routed("- {match: {severity: warning|critical}, receiver: pager}")) == [(4, "error")]
    assert found(CHECK, routed("- {match: {alertname: 'Node.+Down'}, receiver: pager}")) == [(4, "error")]


def test_rules_make_it_certain() -> None:
    """No alert has the value, and one has a value of the choice."""
    routes = "- {matchers: [team=db|web], receiver: pager}"
    assert found(CHECK, routed(routes, "A {team: db}", "B {team: mail}")) == [(4, "error")]
    assert found(CHECK, routed(routes, "A {team: mail}")) == [(4, "warning")]
    assert found(CHECK, routed(routes, "A {team: db|web}")) == []


def test_inequalities_and_inhibitions_are_checked_too() -> None:
    """What is to be left out is not left out."""
    (finding,) = CHECK.findings(routed("- {matchers: ['severity!=info|none'], receiver: pager}"))
    assert "it matches every alert" in finding.message
    assert 'severity!~"info|none"' in finding.fix
    rule = "source_match: {severity: critical}\ntarget_match: {severity: warning|info}\nequal: [job]"
    assert found(CHECK, inhibiting(rule)) == [(4, "error")]


@pytest.mark.parametrize(
    "value",
    [
        *("web-1.example.org:9100", "[::1]:9100", "[fe80::1]:9100", "10.0.0.1", "C++", "kube-system", "a b (c)", "50%"),
        *("node.js", "/api/v1/*", "/users/{id}", "/v1/[id]", "(none)", "|", "a | b", "$5", "^", "why?", "C:\\temp"),
        *("{{ x }}", "db_*", "1.2.3+build", "", "a/b/.../c", "[a]"),
    ],
)
def test_values_that_only_look_like_patterns_are_accepted(value: str) -> None:
    """Addresses, versions, paths, and what another check reports."""
    quoted = value.replace("'", "''")
    assert not finds(CHECK, routed(f"- {{match: {{instance: '{quoted}'}}, receiver: pager}}"))


@pytest.mark.parametrize("matching", ["match_re: {a: b|c}", "matchers: ['a=~\"b|c\"']", "matchers: ['a!~b.+']"])
def test_patterns_in_their_place_are_accepted(matching: str) -> None:
    """As Alertmanager reads them."""
    assert not finds(CHECK, routed(f"- {{{matching}, receiver: pager}}"))
