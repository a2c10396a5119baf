"""alerts check: what it prints, and its exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stackproof.cli import stackproof

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
