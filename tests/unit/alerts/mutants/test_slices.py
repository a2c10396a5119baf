"""Tests cut down to what a rule can affect."""

import json
from pathlib import Path

from ruamel.yaml import YAML

from stackproof.alerts.mutants.edits.flow_yaml import flow_text
from stackproof.alerts.mutants.outcome import MutantOutcome, outcome_of
from stackproof.alerts.mutants.slices import Slice, slices
from stackproof.declare.prometheus.rule_file import read_rules
from stackproof.declare.prometheus.rule_test_file import read_rule_tests
from stackproof.model.monitoring import Rule

RULES = """\
groups:
  - name: records
    interval: 30s
    rules:
      - {record: ratio, expr: bad / all}
      - {record: other, expr: z}
  - name: alerts
    rules:
      - {alert: Bad, expr: ratio > 0.1, for: 1m, labels: {severity: critical}, annotations: {summary: '{{ $value }}'}}
      - {alert: Other, expr: other > 1}
      - {alert: Meta, expr: 'count(ALERTS{alertname="Bad"}) > 1'}
      - {alert: Asks, expr: up == 0, annotations: {summary: '{{ query "x" }}'}}
"""
TESTS = """\
rule_files: [rules.yml]
evaluation_interval: 15s
tests:
  - name: bad
    interval: 15s
    input_series: [{series: bad, values: 1x9}]
    alert_rule_test:
      - {eval_time: 1m, alertname: Bad, exp_alerts: []}
      - {eval_time: 1m, alertname: Other, exp_alerts: []}
    promql_expr_test:
      - {expr: other, eval_time: 1m, exp_samples: []}
  - name: other
    interval: 15s
    input_series: []
    promql_expr_test:
      - {expr: other, eval_time: 1m, exp_samples: [{value: .nan}]}
  - name: meta
    interval: 15s
    input_series: []
    alert_rule_test: [{eval_time: 1m, alertname: Meta, exp_alerts: []}]
"""


def _slice(folder: Path, name: str) -> tuple[Rule, Slice]:
    rules, tests = folder / "rules.yml", folder / "tests.yml"
    rules.write_text(RULES)
    tests.write_text(TESTS)
    groups = {rules: read_rules(rules).sound()}
    rule = next(rule for group in groups[rules] for rule in group.rules if rule.name == name)
    (found,) = slices(rule, groups, [read_rule_tests(tests)])
    return rule, found


def test_a_changed_label_may_match_new_readers(tmp_path: Path) -> None:
    """A selector of another label value cannot read a rule's series, unless that label is what changes."""
    (tmp_path / "rules.yml").write_text(
        "groups:\n- name: g\n  rules:\n  - {record: r, expr: x, labels: {a: b}}\n"
        "  - {alert: A, expr: 'r{a=\"c\"} > 1'}\n  - {record: r, expr: y, labels: {a: c}}\n"
    )
    (tmp_path / "tests.yml").write_text("rule_files: [rules.yml]\ntests: [{alert_rule_test: [{alertname: A}]}]\n")
    groups = {tmp_path / "rules.yml": read_rules(tmp_path / "rules.yml").sound()}
    rules, tests = groups[tmp_path / "rules.yml"][0].rules, [read_rule_tests(tmp_path / "tests.yml")]
    assert slices(rules[0], groups, tests) == ()
    (loose,) = slices(rules[0], groups, tests, "a")
    assert loose.rules == rules
    (other,) = slices(rules[2], groups, tests)
    assert other.rules == rules[1:]


def _kept(found: Slice) -> tuple[list[str], dict[str, list[str]]]:
    content = YAML(typ="safe").load(found.text)
    claims = {
        test["name"]: [claim["alertname"] for claim in test["alert_rule_test"]]
        + [claim["expr"] for claim in test["promql_expr_test"]]
        for test in content["tests"]
    }
    return [rule.name for rule in found.rules], claims


def test_claims_that_a_rule_can_affect_are_kept_with_the_rules_that_they_need(tmp_path: Path) -> None:
    """Through recorded metrics, through ALERTS, and through templates that query."""
    _, found = _slice(tmp_path, "ratio")
    assert _kept(found) == (["ratio", "Bad", "Meta"], {"bad": ["Bad"], "meta": ["Meta"]})


def test_the_rest_is_left_out(tmp_path: Path) -> None:
    """Including rules that no kept claim needs."""
    _, found = _slice(tmp_path, "other")
    assert _kept(found) == (["other", "Other"], {"bad": ["Other", "other"], "other": ["other"]})


def test_all_rules_except_the_mutated_one_are_unchanged(tmp_path: Path) -> None:
    """Including labels, annotations, waits and the group's interval."""
    rule, found = _slice(tmp_path, "Bad")
    mutated = Rule(rule.kind, rule.name, "ratio > 0.2", rule.group)
    groups = json.loads(found.files(rule, mutated)["rules-0.yml"])["groups"]
    assert groups[0] == {
        "name": "records",
        "interval": "30s",
        "rules": [{"record": "ratio", "expr": "bad / all", "labels": {}}],
    }
    assert groups[1]["rules"][0]["expr"] == "ratio > 0.2"
    assert json.loads(found.files()["rules-0.yml"])["groups"][1]["rules"][0] == {
        "alert": "Bad",
        "expr": "ratio > 0.1",
        "labels": {"severity": "critical"},
        "for": "1m",
        "annotations": {"summary": "{{ $value }}"},
    }


def test_a_rule_without_claims_has_no_slice(tmp_path: Path) -> None:
    """Its mutants survive without a run."""
    (tmp_path / "rules.yml").write_text(RULES)
    (tmp_path / "tests.yml").write_text(TESTS)
    groups = {tmp_path / "rules.yml": read_rules(tmp_path / "rules.yml").sound()}
    asks = groups[tmp_path / "rules.yml"][1].rules[-1]
    assert slices(asks, groups, [read_rule_tests(tmp_path / "tests.yml")]) == ()


def test_numbers_that_json_lacks_are_kept(tmp_path: Path) -> None:
    """A test may expect NaN or infinity."""
    values = [float("nan"), float("inf"), float("-inf"), 0.1]
    assert flow_text({"values": values}) == '{"values": [.nan, .inf, -.inf, 0.1]}'
    _, found = _slice(tmp_path, "other")
    assert '"value": .nan' in found.text


def test_promtools_output_is_understood() -> None:
    """A failed claim kills a mutant; a file that is not loaded and a crash do not."""
    passed = "  SUCCESS\n"
    failed = "  FAILED:\n    alertname: A, time: 2m, \n        exp:[], \n"
    unevaluated = "  FAILED:\n    rule: A, time: 0s, err: vector cannot contain metrics with the same labelset\n"
    unloaded = '  FAILED:\nrules.yml: 5:11: group "g", rule 1, "A": could not parse expression: 1:6: parse error\n'
    assert outcome_of([passed, failed]) is MutantOutcome.KILLED
    assert outcome_of([unevaluated]) is MutantOutcome.KILLED
    assert outcome_of([passed, passed]) is MutantOutcome.SURVIVED
    assert outcome_of([unloaded]) is MutantOutcome.REFUSED
    assert outcome_of(None) is MutantOutcome.BROKEN
