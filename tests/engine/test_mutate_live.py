"""``stackproof alerts mutate`` with the real promtool."""

import json
import logging
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stackproof.cli import stackproof
from stackproof.model import DeclarationError
from stackproof.tools.promtool import RuleTestCase, run_rule_tests

pytestmark = pytest.mark.engine

RULES = """\
groups:
  - name: g
    rules:
      - {record: waiting, expr: 'sum by (queue) (jobs{state="waiting"})'}
      - alert: QueueLong
        expr: waiting > 10
        for: 2m
        labels: {severity: critical}
"""

# Above 10 from minute 4 to minute 11; exactly 10 in minute 12.
GOOD = """\
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'jobs{queue="a",state="waiting",host="x"}', values: '3x3 6x7 5x9'}
      - {series: 'jobs{queue="a",state="waiting",host="y"}', values: '2x3 5x16'}
      - {series: 'jobs{queue="b",state="waiting",host="x"}', values: '10x20'}
      - {series: 'jobs{queue="a",state="done",host="x"}', values: '99x20'}
    alert_rule_test:
      - {eval_time: 3m, alertname: QueueLong, exp_alerts: []}
      - {eval_time: 5m, alertname: QueueLong, exp_alerts: []}
      - {eval_time: 6m, alertname: QueueLong, exp_alerts: [{exp_labels: &long {severity: critical, queue: a}}]}
      - {eval_time: 11m, alertname: QueueLong, exp_alerts: [{exp_labels: *long}]}
      - {eval_time: 20m, alertname: QueueLong, exp_alerts: []}
    promql_expr_test:
      - expr: waiting
        eval_time: 5m
        exp_samples: [{labels: 'waiting{queue="a"}', value: 11}, {labels: 'waiting{queue="b"}', value: 10}]
"""

WEAK = """\
rule_files: [rules.yml]
tests:
  - interval: 1m
    input_series:
      - {series: 'jobs{queue="a",state="waiting"}', values: '5x3 50x20'}
    alert_rule_test:
      - {eval_time: 3m, alertname: QueueLong, exp_alerts: []}
      - {eval_time: 20m, alertname: QueueLong, exp_alerts: [{exp_labels: {severity: critical, queue: a}}]}
"""


def _mutate(folder: Path, tests: str, *more: str, rules: str = RULES) -> Result:
    (folder / "rules.yml").write_text(rules)
    (folder / "tests.yml").write_text(tests)
    arguments = ("alerts", "mutate", "--rules", str(folder / "rules.yml"), "--tests", str(folder / "tests.yml"), *more)
    return CliRunner().invoke(stackproof, arguments)


def test_good_tests_kill_every_mutant(tmp_path: Path) -> None:
    """Hundreds a minute; the log has the rate per second."""
    result = _mutate(tmp_path, GOOD, "--json", "--at-least", "1")
    summary = json.loads(result.stdout)
    assert [each["id"] for each in summary["survivors"]] == []
    assert result.exit_code == 0
    assert summary["killed"] == summary["mutants"] > 15
    assert not summary["refused"]
    assert not summary["broken"]
    logging.getLogger(__name__).info("%.1f mutants/s", summary["mutants"] / summary["seconds"])


def test_weak_tests_leave_survivors_that_are_shown(tmp_path: Path) -> None:
    """No claim is at the limit or about the wait, and there is one host: each survivor has its diff."""
    result = _mutate(tmp_path, WEAK, "--json")
    summary = json.loads(result.stdout)
    ids = {each["id"] for each in summary["survivors"]}
    assert {
        "rules.yml:waiting:matcher-1",
        "rules.yml:waiting:aggregation-1",
        "rules.yml:QueueLong:threshold-1",
        "rules.yml:QueueLong:comparison-1",
        "rules.yml:QueueLong:for-1",
    } <= ids
    assert "rules.yml:QueueLong:comparison-2" not in ids
    assert "rules.yml:QueueLong:label-1" not in ids
    survivor = next(each for each in summary["survivors"] if each["id"].endswith("QueueLong:threshold-1"))
    assert survivor["line"] == 6
    assert "-expr: waiting > 10\n+expr: waiting > 20" in survivor["diff"]
    assert summary["score"] == pytest.approx(summary["killed"] / summary["mutants"], abs=1e-3)
    assert result.exit_code == 1


def test_a_comment_with_a_reason_excludes_one_survivor_and_no_other(tmp_path: Path) -> None:
    """A comment that excludes nothing is shown, so that none outlives its reason."""
    rules = RULES.replace("        for: 2m\n", "        # mutant-ok: threshold, label a queue jumps\n        for: 2m\n")
    rules = rules.replace("      - {record", "      # mutant-ok: window there is none\n      - {record")
    summary = json.loads(_mutate(tmp_path, WEAK, "--json", rules=rules).stdout)
    assert {each["operator"] for each in summary["equivalent"]} == {"threshold"}
    assert {each["reason"] for each in summary["equivalent"]} == {"a queue jumps"}
    assert summary["needless_marks"] == [{"file": str(tmp_path / "rules.yml"), "line": 4, "names": ["window"]}]
    assert any(each["operator"] == "comparison" for each in summary["survivors"])


def test_tests_that_fail_on_the_original_files_give_one_message(tmp_path: Path) -> None:
    """A mutant that fails too would prove nothing."""
    result = _mutate(tmp_path, WEAK.replace("5x3 50x20", "5x23"))
    assert isinstance(result.exception, DeclarationError)
    assert "the tests of waiting fail on the original rules" in str(result.exception)
    assert "time: 20m" in str(result.exception)


def test_a_rule_without_claims_is_listed(tmp_path: Path) -> None:
    """Every mutant of it survives without a run."""
    rules = f"{RULES}      - {{alert: Forgotten, expr: up == 0}}\n"
    summary = json.loads(_mutate(tmp_path, GOOD, "--json", rules=rules).stdout)
    assert {(each["id"].split(":")[1], each["reason"]) for each in summary["survivors"]} == {
        ("Forgotten", "no test covers it")
    }


def test_a_case_that_promtool_does_not_load_affects_no_other() -> None:
    """Each case of a batch has its own output; one that crashes promtool for all runs again alone."""
    bad = RuleTestCase("bad", {"rules.yml": "groups: {", "test.yml": WEAK}, ("test.yml",))
    good = RuleTestCase("good", {"rules.yml": RULES, "test.yml": WEAK}, ("test.yml",))
    said = run_rule_tests([bad, good, RuleTestCase("none", {}, ("test.yml",))], jobs=1)
    assert "FAILED" in said["bad"][0]
    assert "SUCCESS" in said["good"][0]
    assert "none" not in said
