"""alerts check: what it prints, and its exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stackproof.cli import stackproof
from stackproof.cli.finding_list import page
from tests.unit.cli.commands import run

SOUND = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: x > 1, for: 1m, annotations: {summary: a}}\n"
WRONG = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: count(x) < 1, for: 1m, annotations: {summary: a}}\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two files."""
    (tmp_path / "sound.yaml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _check(*arguments: str) -> Result:
    return CliRunner().invoke(stackproof, ["alerts", "check", "--no-tools", *arguments])


@pytest.mark.usefixtures("files")
def test_sound_files_end_with_0() -> None:
    """And it says that nothing was found."""
    result = _check("--rules", "sound.yaml")
    assert (result.exit_code, result.output) == (0, "nothing found\n")


@pytest.mark.usefixtures("files")
def test_an_error_ends_with_1_and_is_shown_with_its_place() -> None:
    """Place, severity, id, confidence; what, why, fix: an editor can jump to it, and a person can fix it."""
    result = _check("--rules", "sound.yaml", "wrong.yaml")
    assert result.exit_code == 1
    first, *others = result.output.splitlines()
    assert first == "wrong.yaml:4: error rules/never-fires (certain)"
    assert [line.split(":")[0].strip() for line in others if ": " in line][-2:] == ["why", "fix"]
    assert others[-1] == "1 error"


@pytest.mark.usefixtures("files")
def test_json_has_a_fixed_shape() -> None:
    """Other programs rely on these keys and on no others."""
    result = _check("wrong.yaml", "--json")
    assert result.exit_code == 1
    (finding,) = json.loads(result.output)["findings"]
    assert list(json.loads(result.output)) == ["findings"]
    assert list(finding) == ["id", "severity", "confidence", "file", "line", "message", "why", "fix"]
    assert (finding["id"], finding["file"], finding["line"]) == ("rules/never-fires", "wrong.yaml", 4)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "arguments",
    [
        ("--rules", "wrong.yaml", "sound.yaml"),
        ("--rules", "sound.yaml", "--rules", "wrong.yaml"),
        ("--rules", "*.yaml"),
        ("--rules", "."),
        ("sound.yaml", "wrong.yaml"),
    ],
)
def test_rules_can_be_named_in_every_way(arguments: tuple[str, ...]) -> None:
    """Several files, patterns that no shell expanded, folders."""
    assert _check(*arguments).exit_code == 1


def test_without_files_it_asks_for_some() -> None:
    """Wrong use is exit code 2 and one message."""
    result = _check()
    assert result.exit_code == 2
    assert "expected files to check" in result.output


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "arguments",
    [
        ("--alertmanager", "nothing.yml"),
        ("--prometheus", "."),
        ("--rules", "x" * 5000),
        ("--metrics", "nothing", "wrong.yaml"),
        ("--slo", "nothing", "sound.yaml"),
        ("--dashboards", "nothing.json"),
    ],
)
def test_a_file_that_does_not_exist_is_a_finding(arguments: tuple[str, ...]) -> None:
    """Never a traceback, whatever is named."""
    result = _check(*arguments)
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    assert "error file/" in result.output


def test_without_an_engine_it_says_that_the_tools_were_not_run(files: Path) -> None:
    """All of our own checks still run, and nobody believes that promtool agreed."""
    program = "import sys; sys.argv[0] = 'stackproof'; from stackproof.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "alerts", "check", "--rules", "sound.yaml", "--json"],
        cwd=files,
        env={**os.environ, "PATH": str(files)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["id"], finding["severity"], finding["file"]) == ("tools/not-run", "info", "")


WARNED = WRONG.replace("count(x) < 1, for: 1m", "'rate(x_total[5m]) > 1'")
"""A rule with a warning that is likely, and no error."""


@pytest.mark.parametrize(
    ("level", "code"),
    [
        ((), 0),
        (("--fail-on", "error"), 0),
        (("--fail-on", "warning"), 1),
        (("--fail-on", "info"), 1),
        (("--fail-on", "certain"), 0),
        (("--fail-on", "likely"), 1),
        (("--fail-on", "advice"), 1),
        (("--fail-on", "never"), 0),
    ],
)
def test_the_level_that_fails_can_be_chosen(files: Path, level: tuple[str, ...], code: int) -> None:
    """A severity or a confidence; what is shown does not depend on it."""
    (files / "warned.yaml").write_text(WARNED, encoding="utf-8")
    result = _check("warned.yaml", *level)
    assert result.exit_code == code
    assert "warned.yaml:4: warning rules/missing-for (likely)" in result.output


@pytest.mark.usefixtures("files")
def test_an_unknown_level_is_wrong_use() -> None:
    """With the levels that there are."""
    assert run("alerts", "check", "sound.yaml", "--fail-on", "fatal").is_refused("'fatal'", "certain", "never")


def test_an_ignored_error_does_not_fail(files: Path) -> None:
    """It is not in the JSON, and a note says that something is hidden."""
    text = WRONG.rstrip() + " # stackproof: ignore rules/never-fires told by another system\n"
    (files / "wrong.yaml").write_text(text, encoding="utf-8")
    done = run("alerts", "check", "--no-tools", "wrong.yaml", "--json")
    assert (done.code, done.json(), done.err) == (0, {"findings": []}, "comments hide 1 finding\n")


def test_a_baseline_is_written_and_used(files: Path) -> None:
    """Known findings are hidden, new ones are shown, and it is said what can be removed."""
    written = run("alerts", "check", "--no-tools", "wrong.yaml", "--write-baseline", "known.json")
    assert (written.code, written.out) == (0, "known.json has 1 finding; from now on: --baseline known.json\n")
    same = run("alerts", "check", "--no-tools", "wrong.yaml", "--baseline", "known.json")
    assert (same.code, same.out, same.err) == (0, "nothing found\n", "known.json hides 1 finding\n")
    (files / "wrong.yaml").write_text(WRONG.replace("alert: A", "alert: B"), encoding="utf-8")
    new = run("alerts", "check", "--no-tools", "wrong.yaml", "--baseline", "known.json", "--json")
    assert (new.code, len(new.json()["findings"])) == (1, 1)
    assert new.err == "known.json hides 0 findings; 1 finding of it is gone: --write-baseline removes it\n"


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("more", ["--baseline=a.json", "--json", "--sarif"])
def test_a_baseline_is_written_alone(more: str) -> None:
    """Together with another output it would be unclear what is written."""
    assert run("alerts", "check", "sound.yaml", "--write-baseline", "b.json", more).is_refused("--write-baseline")


@pytest.mark.usefixtures("files")
def test_a_baseline_that_cannot_be_read_or_written_is_one_message() -> None:
    """Exit code 2, so that CI does not take it for findings."""
    assert run("alerts", "check", "sound.yaml", "--baseline", "no.json").is_refused("does not exist", "no.json")
    assert run("alerts", "check", "sound.yaml", "--baseline", "wrong.yaml").is_refused("no JSON", "wrong.yaml:1")
    cannot = run("alerts", "check", "--no-tools", "sound.yaml", "--write-baseline", "no/b.json")
    assert cannot.is_refused("cannot be written", "no/b.json")


@pytest.mark.usefixtures("files")
def test_sarif_is_printed_beside_json() -> None:
    """The same findings and the same exit code, with names relative to the current folder."""
    done = run("alerts", "check", "--no-tools", "wrong.yaml", "--sarif")
    (found,) = done.json()["runs"][0]["results"]
    place = found["locations"][0]["physicalLocation"]["artifactLocation"]
    assert (done.code, found["ruleId"], place["uri"]) == (1, "rules/never-fires", "wrong.yaml")


def test_a_page_is_printed_without_files() -> None:
    """As it is where no person looks, laid out on a terminal."""
    done = run("alerts", "check", "--explain", "rules/missing-for")
    assert done.code == 0
    assert done.out.startswith("# rules/missing-for\n\nSeverity: warning.")
    assert "## Why it matters" in done.out
    assert run("alerts", "check", "--explain", "missing-for").is_refused("rules/missing-for")
    laid_out = page(done.out, 80, colour=True)
    assert "##" not in laid_out
    assert "Why it matters" in laid_out


@pytest.mark.usefixtures("files")
def test_other_files_are_skipped_only_if_asked() -> None:
    """A file that is named as rules and holds none is a mistake, unless somebody else chose it."""
    Path("other.yaml").write_text("services: {a: {image: b}}\n", encoding="utf-8")
    assert _check("other.yaml").exit_code == 1
    assert _check("other.yaml", "--skip-others").exit_code == 0
    assert _check("other.yaml", "wrong.yaml", "--skip-others").exit_code == 1
    assert _check("--skip-others").exit_code == 2
