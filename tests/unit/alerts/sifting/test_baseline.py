"""A baseline hides what it knows, and nothing that is new."""

import json
from pathlib import Path

import pytest

from stackproof.alerts.sifting.baseline import Baseline, read_baseline, written_baseline
from stackproof.alerts.sifting.identity import identified
from stackproof.model import DeclarationError
from tests.unit.alerts.sifting.sifting import CHECK_ID, NEVER, check, finding, hidden, places, rules

TWO = f"- {{alert: A, {NEVER}}}\n- {{alert: B, {NEVER}}}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Rules with two mistakes."""
    return rules(tmp_path, TWO)


@pytest.fixture
def baseline(tmp_path: Path, file: Path) -> Baseline:
    """The baseline of these rules."""
    written_baseline(check(file).counted, tmp_path / "baseline.json")
    return read_baseline(tmp_path / "baseline.json")


def test_what_a_baseline_has_is_hidden(file: Path, baseline: Baseline) -> None:
    """And nothing is said to be fixed."""
    result = check(file, baseline=baseline)
    assert (result.counted, hidden(result), result.fixed) == ((), [(4, CHECK_ID), (5, CHECK_ID)], 0)


def test_lines_and_layout_do_not_matter(tmp_path: Path, baseline: Baseline) -> None:
    """A comment above, another order, keys on lines of their own."""
    text = f"# new\n\n- {{alert: B, {NEVER}}}\n- alert: A\n  expr: >-\n    count(x)\n    < 1\n  for: 1m\n"
    file = rules(tmp_path, f"{text}  labels: {{severity: page}}\n  annotations: {{summary: a}}\n")
    result = check(file, baseline=baseline)
    assert (result.counted, len(result.hidden), result.fixed) == ((), 2, 0)


def test_what_is_new_is_shown(tmp_path: Path, baseline: Baseline) -> None:
    """Another rule with the same mistake, and the same mistake once more often."""
    file = rules(tmp_path, f"{TWO}\n- {{alert: C, {NEVER}}}\n- {{alert: A, {NEVER.replace('page', 'mail')}}}")
    assert places(check(file, baseline=baseline).counted) == [(6, CHECK_ID), (7, CHECK_ID)]


def test_another_file_is_new(tmp_path: Path, file: Path, baseline: Baseline) -> None:
    """A rule that is copied brings its mistake with it."""
    other = rules(tmp_path, TWO.replace("count(x)", "count(y)"), "other.yaml")
    assert {each.where.file for each in check(file, other, baseline=baseline).counted} == {other}


def test_what_is_fixed_is_counted(tmp_path: Path, baseline: Baseline) -> None:
    """So that the baseline is written again; a file that was removed has no mistakes either."""
    file = rules(tmp_path, f"- {{alert: A, {NEVER}}}")
    assert check(file, baseline=baseline).fixed == 1
    file.unlink()
    assert check(rules(tmp_path, "- {alert: D, {sound}}", "other.yaml"), baseline=baseline).fixed == 2


def test_what_was_not_looked_for_is_not_called_fixed(tmp_path: Path, baseline: Baseline) -> None:
    """Files that are not given, and checks that need other files."""
    other = rules(tmp_path, "- {alert: D, {sound}}", "other.yaml")
    assert check(other, baseline=baseline).fixed == 0
    written_baseline([finding("a", str(other), check_id="rules/unknown-job")], baseline.file)
    assert check(other, baseline=read_baseline(baseline.file)).fixed == 0


def test_the_folder_in_which_a_command_runs_does_not_matter(
    tmp_path: Path, file: Path, baseline: Baseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are relative to the baseline, through links too."""
    monkeypatch.chdir(tmp_path)
    assert check(Path(file.name), baseline=Baseline(Path("baseline.json"), baseline.counts)).counted == ()
    (tmp_path / "link").symlink_to(tmp_path)
    assert check(tmp_path / "link" / file.name, baseline=baseline).counted == ()
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert check(Path("..") / file.name, baseline=Baseline(Path("../baseline.json"), baseline.counts)).counted == ()


def test_it_is_one_finding_a_line_in_a_fixed_order(tmp_path: Path, file: Path, baseline: Baseline) -> None:
    """So that a change of it can be read, and two branches can be merged."""
    text = baseline.file.read_text(encoding="utf-8")
    assert [json.loads(line.rstrip(","))["message"][0] for line in text.splitlines()[1:-1]] == ["A", "B"]
    assert str(tmp_path) not in text
    written_baseline(reversed(check(file).counted), baseline.file)
    assert baseline.file.read_text(encoding="utf-8") == text
    written_baseline([], baseline.file)
    assert read_baseline(baseline.file).counts == {}


def test_another_file_is_not_overwritten(tmp_path: Path, file: Path, baseline: Baseline) -> None:
    """A mistaken name costs no rules; a baseline with the conflict of a merge is written again."""
    text = file.read_text(encoding="utf-8")
    with pytest.raises(DeclarationError, match="is kept"):
        written_baseline([], file)
    assert file.read_text(encoding="utf-8") == text
    baseline.file.write_text("<<<<<<< HEAD\n" + baseline.file.read_text(encoding="utf-8"), encoding="utf-8")
    assert written_baseline(check(file).counted, baseline.file) == read_baseline(baseline.file) == baseline
    (tmp_path / "empty.json").touch()
    assert written_baseline([], tmp_path / "empty.json").counts == {}


def test_a_merge_that_keeps_both_sides_hides_no_more(baseline: Baseline) -> None:
    """A line that two branches added is the same finding."""
    head, first, *rest = baseline.file.read_text(encoding="utf-8").splitlines()
    baseline.file.write_text("\n".join([head, first, first, *rest]), encoding="utf-8")
    assert read_baseline(baseline.file).counts == baseline.counts


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        (None, "does not exist", "--write-baseline"),
        ('{"format": "stackproof-baseline",\n<<<<<<< HEAD\n', "no JSON", "merge"),
        ("", "no JSON", "--write-baseline"),
        ("[]", "no baseline", "--write-baseline"),
        ('{"findings": []}', "no baseline", "--write-baseline"),
        ('{"format": "stackproof-baseline", "version": 2, "entries": []}', "later than 1", "update stackproof"),
        ('{"format": "stackproof-baseline", "version": 1}', "findings: Field required", "--write-baseline"),
        (
            '{"format": "stackproof-baseline", "version": 1, "findings": [{"file": "a", "check": "b", "message": 1}]}',
            "findings.0.message: Input should be a valid string",
            "--write-baseline",
        ),
        ("[" * 100_000, "no baseline", "--write-baseline"),
        ('{"format": "stackproof-baseline", "version": "1", "findings": []}', "version", "--write-baseline"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(tmp_path: Path, text: str | None, message: str, fix: str) -> None:
    """With what to do, and never by hiding nothing or everything."""
    file = tmp_path / "baseline.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError, match=message) as error:
        read_baseline(file)
    assert fix in (error.value.fix or "")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("first at rules/a.yaml:9", "first at /home/x/rules/a.yaml:12", True),
        ("the route in line 4 handles it", "the route in line 40 handles it", True),
        ("9 of 10 others have one", "11 of 12 others have one", True),
        ("A1 is wrong", "A2 is wrong", False),
        ("rate(x[5m]) is wrong", "rate(x[10m]) is wrong", False),
        ("A is wrong", "B is wrong", False),
    ],
)
def test_two_findings_are_the_same_by_their_message(one: str, other: str, *, same: bool) -> None:
    """Numbers of lines and of other rules change without anybody touching the rule; names do not."""
    first, second = (identity for _, identity in identified([finding(one), finding(other, line=7)], Path()))
    assert (first == second) is same
    assert (first.digest() == second.digest()) is same
