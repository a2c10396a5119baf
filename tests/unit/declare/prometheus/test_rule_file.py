"""Rule files are read with the line of each part, and all problems of a file are reported at once."""

from pathlib import Path

import pytest

from stackproof.declare.prometheus.rule_file import RuleFile, rules_of, rules_of_documents
from stackproof.documents.yaml_reader import parse_documents, parse_tree
from stackproof.model import DeclarationError
from stackproof.model.file_problem import ProblemKind
from stackproof.model.monitoring import RuleKind

FILE = Path("rules.yaml")

SOUND = """\
groups:
  - name: api
    interval: 30s
    labels: {team: web}
    rules:
      - record: job:requests:rate5m
        expr: sum by (job) (rate(requests_total[5m]))
      - alert: ManyErrors
        expr: |
          sum(rate(errors_total[5m]))
            > 0.1
        for: 5m
        keep_firing_for: 1h30m
        labels:
          severity: critical
        annotations:
          summary: Too many errors
          description: >-
            {{ $value }}
            a second
"""


def _read(text: str) -> RuleFile:
    return rules_of(FILE, parse_tree(FILE, text))


def test_a_sound_file_is_read_completely() -> None:
    """Every part of a rule that Prometheus uses, with its line."""
    (group,) = _read(SOUND).sound()
    record, alert = group.rules
    assert (group.name, group.interval_s, group.where.line) == ("api", 30.0, 2)
    assert (record.kind, record.name, record.labels) == (RuleKind.RECORD, "job:requests:rate5m", {"team": "web"})
    assert (alert.kind, alert.for_s, alert.keep_firing_for_s) == (RuleKind.ALERT, 300.0, 5400.0)
    assert alert.labels == {"team": "web", "severity": "critical"}
    assert alert.annotations["description"] == "{{ $value }} a second"
    assert (record.where.line, record.at("expr").line, alert.where.line) == (6, 7, 8)
    assert alert.expr == "sum(rate(errors_total[5m]))\n  > 0.1"
    places = ("expr", "for", "labels.severity", "annotations.summary", "annotations.description", "nothing")
    assert [alert.at(part).line for part in places] == [10, 12, 15, 17, 18, 8]


def test_a_folded_expression_keeps_the_lines_of_its_file() -> None:
    """A finding can name a line inside a long expression after `>`."""
    (group,) = _read("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: >\n\n      up\n      == 0\n").sound()
    assert (group.rules[0].expr, group.rules[0].at("expr").line) == ("up\n== 0", 7)


def test_a_folded_comment_is_kept() -> None:
    """After folding, a comment hides what follows. Prometheus gets it that way, so that is what is checked."""
    (group,) = _read("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: >\n      up # is it?\n      == 0\n").groups
    assert group.rules[0].expr == "up # is it? == 0"


def test_a_kubernetes_object_is_read_too() -> None:
    """Most published rules are in PrometheusRule objects."""
    text = (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: x}\nspec:\n"
        "  groups:\n  - name: a\n    rules:\n    - alert: A\n      expr: up == 0\n"
    )
    (group,) = _read(text).sound()
    assert group.rules[0].at("expr").line == 9


def test_every_problem_is_reported_and_the_rest_is_read() -> None:
    """One run shows all problems of a file, and its sound rules are still checked."""
    read = _read(
        """\
groups:
  - name: a
    intervall: 30s
    rules:
      - alert: BadDuration
        expr: up == 0
        for: 5 minutes
      - alert: BadQuery
        expr: |
          sum(rate(x[5m])
        label: {}
      - expr: up
      - alert: A
        record: b
        expr: up
      - record: c
        expr: up
        for: 5m
      - alert: NoExpression
      - alert: BadLabel
        expr: up == 0
        labels: {__name__: x}
      - just a text
  - name: a
    rules: {}
  - rules: []
"""
    )
    assert [problem.where.line for problem in read.problems] == [3, 7, 11, 10, 12, 13, 18, 19, 22, 23, 25, 26, 24]
    assert [p.where.line for p in read.problems if p.kind is ProblemKind.PROMQL] == [10]
    assert [rule.name for rule in read.groups[0].rules] == ["BadDuration", "BadQuery", "c", "NoExpression", "BadLabel"]
    with pytest.raises(DeclarationError, match="intervall"):
        read.sound()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "expected a file of rules to be a map, saw a list"),
        ("just words\n", "expected a file of rules to be a map, saw the text"),
        ("rules: []\n", "no key 'rules'"),
        ("groups: up\n", "expected groups to be a list, saw the text 'up'"),
        ("groups:\n- up\n", "expected a group to be a map"),
        ("groups:\n- name: [a]\n", "expected name to be a text, saw a list"),
        ("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: {a: b}\n", "expected expr to be a text, saw a map"),
        ("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up\n    labels: x\n", "expected labels to be a map"),
        ("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up[5m]\n", "expected a vector"),
        ("groups:\n- name: a\n  rules:\n  - alert:\n    expr: up\n", "to have a name"),
    ],
)
def test_a_wrong_type_anywhere_is_a_problem(text: str, message: str) -> None:
    """Lists instead of maps, maps instead of texts: a problem with a location, never a traceback."""
    assert any(message in problem.message for problem in _read(text).problems)


@pytest.mark.parametrize(
    ("rules", "line", "message"),
    [
        ("record: 'a{b=\"c\"}'\n    expr: up", 4, "braces in its name"),
        ("expr: up\n    record: 'sum(x{})'", 5, "braces in its name"),
        ("record: a\n    expr: up\n    labels:\n      __name__: b", 7, "a label named '__name__'"),
        ("record: a\n    expr: up\n    labels:\n      '': b", 7, "a label named ''"),
        ("record: a\n    expr: up\n    keep_firing_for: 5m", 6, "has no keep_firing_for"),
        ("record: a\n    expr: up\n    annotations: {a: b}", 6, "has no annotations"),
    ],
)
def test_what_prometheus_refuses_of_a_rule_is_a_problem(rules: str, line: int, message: str) -> None:
    """At its own line: the whole file is refused for it."""
    (problem,) = _read(f"groups:\n- name: g\n  rules:\n  - {rules}\n").problems
    assert problem.where.line == line
    assert message in problem.message


@pytest.mark.parametrize(
    ("key", "message"), [("labels: {__name__: x}", "a label named"), ("limit: many", "limit to be a whole number")]
)
def test_what_prometheus_refuses_of_a_group_is_a_problem(key: str, message: str) -> None:
    """Labels of a group are those of its rules."""
    (problem,) = _read(f"groups:\n- name: g\n  {key}\n  rules: []\n").problems
    assert problem.where.line == 3
    assert message in problem.message


@pytest.mark.parametrize(
    "rule",
    [
        "record: http.server.duration\n    expr: up",
        "record: 'Größe: der Schlange'\n    expr: up",
        "record: a\n    expr: up\n    labels: {not-a-name: x}",
        "record: a\n    expr: up\n    for: 0s\n    annotations: {}",
        "alert: A {{ of }} braces\n    expr: up",
    ],
)
def test_what_prometheus_3_accepts_is_no_problem(rule: str) -> None:
    """Names may have any letters, and what is empty counts as missing."""
    assert _read(f"groups:\n- name: g\n  limit: 10\n  rules:\n  - {rule}\n").problems == ()


def test_a_group_without_rules_is_accepted() -> None:
    """Prometheus accepts an empty list of groups or rules."""
    assert _read("groups: []\n").problems == ()
    assert _read("groups:\n- name: a\n  rules:\n").problems == ()


def test_several_documents_are_what_those_who_load_them_make_of_them() -> None:
    """Prometheus loads the first document only; kubectl applies each object, and the items of a list."""
    group = "groups: [{name: %s, rules: [{record: a:b, expr: up}]}]\n"
    plain = rules_of_documents(FILE, parse_documents(FILE, group % "a" + "---\n" + group % "b"))
    assert [each.name for each in plain.groups] == ["a"]
    assert [(each.kind, each.where.line) for each in plain.problems] == [(ProblemKind.IGNORED, 3)]
    one = "{kind: PrometheusRule, spec: {groups: [{name: %s, rules: []}]}}"
    objects = f"kind: Namespace\n---\n{one % 'a'}\n---\nkind: List\nitems: [{one % 'b'}]\n"
    applied = rules_of_documents(FILE, parse_documents(FILE, objects))
    assert [each.name for each in applied.groups] == ["a", "b"]
    assert applied.problems == ()
