"""Comments hide what they name, where they stand, and nothing else."""

import textwrap
import time
from pathlib import Path

import pytest

from stackproof.alerts.check import Needs
from stackproof.alerts.file_check import FilesToCheck, ToolUse
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.sifting.ignore_comments import read_ignores
from stackproof.alerts.sifting.ignored import without_ignored
from stackproof.alerts.sifting.sift import checked
from stackproof.alerts.sifting.sifted import Sought
from tests.unit.alerts.sifting.sifting import CHECK_ID, NEVER, check, finding, hidden, places, rules

REFERENCE = Path(__file__).parents[4] / "docs" / "cli.md"
IGNORE = f"# stackproof: ignore {CHECK_ID} another system tells"
EXPANDED = """\
- alert: A {0}
  {1}
  expr: |- {2}
    count(x) < 1
  for: 1m
  labels: {{severity: page}} {3}
  annotations: {{summary: a}}
"""


@pytest.mark.parametrize(
    "text",
    [
        f"{IGNORE}\n- {{alert: A, {NEVER}}}",
        f"- {{alert: A, {NEVER}}} {IGNORE}",
        f"# words\n{IGNORE}\n# more words\n- {{alert: A, {NEVER}}}",
        f"{IGNORE}\n" + EXPANDED.format("", "", "", ""),
        EXPANDED.format(IGNORE, "", "", ""),
        EXPANDED.format("", IGNORE, "", ""),
        EXPANDED.format("", "", IGNORE, ""),
        f"- {{alert: A, {NEVER}}} #stackproof:ignore {CHECK_ID}, rules/never-fires: - a reason",
    ],
)
def test_a_comment_hides_what_it_stands_beside(tmp_path: Path, text: str) -> None:
    """Above a rule, on its first line, or beside the part that is wrong; with other comments between them."""
    result = check(rules(tmp_path, text))
    assert result.counted == ()
    assert [each.finding.id for each in result.hidden] == [CHECK_ID]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (EXPANDED.format("", "", "", IGNORE), 9),
        (f"{IGNORE}\n\n- {{alert: A, {NEVER}}}", 4),
        (f"- {{alert: A, {NEVER}}}\n{IGNORE}", 5),
        (f"{IGNORE}\n- {{alert: B, expr: up == 0, for: 1m}}\n- {{alert: A, {NEVER}}}", 4),
    ],
)
def test_a_comment_that_stands_elsewhere_hides_nothing(tmp_path: Path, text: str, line: int) -> None:
    """The finding stays, and it is said that the comment hides nothing."""
    result = check(rules(tmp_path, text))
    found = places(result.counted)
    assert result.hidden == ()
    assert (line, "ignore/unused") in found
    assert [check_id for _, check_id in found].count(CHECK_ID) == 1


def test_a_text_is_no_comment(tmp_path: Path) -> None:
    """What looks like one inside of an annotation or an expression hides nothing, and is not reported."""
    text = EXPANDED.format("", "", "", "").replace("summary: a", f"summary: '{IGNORE}'")
    text = text.replace("count(x) < 1", f"count(x) < 1 {IGNORE}")
    assert [check_id for _, check_id in places(check(rules(tmp_path, text)).counted)] == [CHECK_ID]


def test_a_comment_hides_the_check_that_it_names_and_no_other(tmp_path: Path) -> None:
    """Another mistake in the same rule is still reported."""
    result = check(rules(tmp_path, f"{IGNORE}\n- {{alert: A, expr: count(x) < 1, for: 1m}}"))
    assert hidden(result) == [(5, CHECK_ID)]
    assert places(result.counted) == [(5, "rules/no-annotations")]


def test_one_comment_beside_a_group_is_for_all_of_its_rules(tmp_path: Path) -> None:
    """A comment inside of it takes what is its own."""
    file = rules(tmp_path, f"- {{alert: A, {NEVER}}}\n- {{alert: B, {NEVER}}} {IGNORE}\n- {{alert: C, {NEVER}}}")
    file.write_text(file.read_text(encoding="utf-8").replace("- name: g", f"- name: g {IGNORE} here"), encoding="utf-8")
    result = check(file)
    assert result.counted == ()
    assert [each.reason for each in result.hidden] == [
        "another system tells here",
        "another system tells",
        "another system tells here",
    ]


def test_a_file_is_ignored_at_its_top(tmp_path: Path) -> None:
    """For a generated file; below the first key such a comment would be overlooked."""
    file = rules(tmp_path, f"- {{alert: A, {NEVER}}}\n- {{alert: B, {NEVER}}}")
    text = file.read_text(encoding="utf-8")
    file.write_text(
        f"# generated\n\n# stackproof: ignore-file {CHECK_ID} by a generator\n---\n{text}", encoding="utf-8"
    )
    assert (check(file).counted, len(check(file).hidden)) == ((), 2)
    file.write_text(f"{text}# stackproof: ignore-file {CHECK_ID} by a generator\n", encoding="utf-8")
    assert places(check(file).counted) == [(4, CHECK_ID), (5, CHECK_ID), (6, "ignore/invalid")]


@pytest.mark.parametrize(
    ("comment", "message", "fix"),
    [
        (CHECK_ID, "gives no reason", "add the reason"),
        (f"{CHECK_ID} --", "gives no reason", "add the reason"),
        ("rules/never-fire a b", "no check 'rules/never-fire'", CHECK_ID),
        ("never-fires a b", "no check 'never-fires'", CHECK_ID),
        (f"{CHECK_ID}, because of that", "no check 'because'", "shows the id"),
        (f"{CHECK_ID} rules/missing-for a b", "rules/missing-for stands where the reason begins", "comma"),
        ("rules/* a b", "'rules/*' is no id of a check", "name each check"),
        ("file/invalid a b", "file/invalid cannot be ignored", "correct"),
        ("ignore/unused a b", "ignore/unused cannot be ignored", "correct"),
        ("", "expected `# stackproof: ignore CHECK reason`, saw `# stackproof: ignore`", "write"),
    ],
)
def test_a_comment_that_is_wrong_is_a_finding(tmp_path: Path, comment: str, message: str, fix: str) -> None:
    """Its author learns that it hides nothing, and which id may be meant."""
    result = check(rules(tmp_path, f"- {{alert: A, {NEVER}}} # stackproof: ignore {comment}"))
    wrong, *others = result.counted
    assert (wrong.id, wrong.severity, wrong.confidence) == ("ignore/invalid", Severity.WARNING, Confidence.CERTAIN)
    assert wrong.where.line == 4
    assert message in wrong.message
    assert fix in wrong.fix
    assert [each.id for each in others] == [CHECK_ID]


def test_another_word_after_the_name_is_wrong(tmp_path: Path) -> None:
    """What other linters call it is not understood silently."""
    result = check(rules(tmp_path, f"- {{alert: A, {NEVER}}} # stackproof: disable {CHECK_ID} a b"))
    assert "ignore/invalid" in [each.id for each in result.counted]


def test_a_comment_that_hides_nothing_is_a_finding(tmp_path: Path) -> None:
    """So that old comments disappear; of two for one finding, one is too many."""
    result = check(rules(tmp_path, f"{IGNORE}\n- {{alert: A, {{sound}}}}\n{IGNORE}\n- {{alert: B, {NEVER}}} {IGNORE}"))
    assert places(result.counted) == [(4, "ignore/unused"), (7, "ignore/unused")]
    assert {(each.severity, each.confidence) for each in result.counted} == {(Severity.INFO, Confidence.CERTAIN)}


@pytest.mark.parametrize("check_id", ["rules/unknown-job", "rules/unknown-metric", "tools/promtool"])
def test_a_comment_whose_check_lacks_its_files_is_not_called_unused(tmp_path: Path, check_id: str) -> None:
    """With Prometheus' configuration, metrics or promtool it may well hide something."""
    assert check(rules(tmp_path, f"- {{alert: A, {{sound}}}} # stackproof: ignore {check_id} a reason")).counted == ()


def test_a_comment_in_a_file_that_is_not_read_whole_is_not_called_unused(tmp_path: Path) -> None:
    """What it hides may stand in the part that is not read."""
    broken = "- {alert: B, expr: 'x ('}"
    result = check(rules(tmp_path, f"- {{alert: A, {{sound}}}} # stackproof: ignore {CHECK_ID} a reason\n{broken}"))
    assert [each.id for each in result.counted if each.id.startswith("ignore/")] == []


def test_errors_of_reading_are_not_hidden(tmp_path: Path) -> None:
    """Whatever a comment says: a file that is not read is not checked."""
    (tmp_path / "rules.yaml").write_text("# stackproof: ignore-file file/broken-yaml x\ngroups: [\n", encoding="utf-8")
    assert [each.id for each in check(tmp_path / "rules.yaml").counted] == ["file/broken-yaml"]


def test_comments_of_a_file_with_a_wrong_key_are_read(tmp_path: Path) -> None:
    """What can be read of it is checked, and what is ignored there stays ignored."""
    file = rules(tmp_path, f"- {{alert: A, {NEVER}}} {IGNORE}\n- {{alert: B, {{sound}}, no_key: x}}")
    assert [each.id for each in check(file).counted] == ["file/invalid"]


def test_a_file_that_is_nested_too_deeply_costs_no_time(tmp_path: Path) -> None:
    """Its comments are not looked for."""
    (tmp_path / "rules.yaml").write_text(f"# stackproof: ignore a b\ngroups: {'[' * 30_000}\n", encoding="utf-8")
    began = time.monotonic()
    assert [each.id for each in check(tmp_path / "rules.yaml").counted] == ["file/unreadable"]
    assert time.monotonic() - began < 30


def test_routes_receivers_and_inhibitions_are_ignored_in_the_same_way(tmp_path: Path) -> None:
    """In Alertmanager's configuration a comment is about a route with those below it, or about one key."""
    file = tmp_path / "alertmanager.yml"
    text = """\
        # stackproof: ignore routing/no-group-by one mail an alert
        route:
          receiver: a
          routes:
          # stackproof: ignore routing/wildcard-in-matcher a test of it
          - matchers: ['x="b*"']
            receiver: a
        receivers:
        - name: a
          email_configs: [{to: a@b.c, from: d@b.c, smarthost: 'm:25', send_resolved: true}]
        - name: b # stackproof: ignore receivers/unused soon
          email_configs: [{to: b@b.c, from: d@b.c, smarthost: 'm:25', send_resolved: true}]
        inhibit_rules:
        # stackproof: ignore inhibition/always-applies on purpose
        - source_matchers: [severity="a"]
          target_matchers: [severity="b"]
        """
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    result = checked(FilesToCheck(alertmanager=file), ToolUse.SKIP)
    assert result.counted == ()
    assert sorted(check_id for _, check_id in hidden(result)) == [
        "inhibition/always-applies",
        "receivers/unused",
        "routing/no-group-by",
        "routing/wildcard-in-matcher",
    ]


def test_the_example_of_the_reference_hides_what_it_names(tmp_path: Path) -> None:
    """Who copies it learns the form by what works."""
    section = REFERENCE.read_text(encoding="utf-8").partition("### Ignore comments")[2]
    file = tmp_path / "rules.yaml"
    file.write_text(section.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    result = check(file)
    assert result.counted == ()
    assert len(result.hidden) == 3


def test_rule_files_that_prometheus_names_are_read_for_comments(tmp_path: Path) -> None:
    """Though only its configuration is given."""
    rules(tmp_path, f"- {{alert: A, {{sound}}}} # stackproof: ignore {CHECK_ID} a reason")
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text("rule_files: [rules.yaml]\nscrape_configs: [{job_name: a}]\n", encoding="utf-8")
    assert places(check(prometheus=configuration).counted) == [(4, "ignore/unused")]


def test_many_comments_take_linear_time(tmp_path: Path) -> None:
    """Thousands of rules, each with its comment and its finding, and hundreds of comments for the group around them."""
    rule = f"- {{alert: A, {NEVER}}}\n"
    file = rules(tmp_path, f"{IGNORE}\n{rule}" * 10_000)
    file.write_text(f"{IGNORE}\n" * 500 + file.read_text(encoding="utf-8"), encoding="utf-8")
    found = [finding("a", str(file), line) for line in range(505, 20_504, 2)]
    began = time.monotonic()
    result = without_ignored(found, read_ignores([file]), Sought(frozenset([file]), frozenset(Needs)))
    assert (len(result.counted), len(result.hidden)) == (500, 10_000)
    assert time.monotonic() - began < 10
