"""The hook for pre-commit and the action for GitHub, as those programs run them."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stackproof.alerts.sifting.fail_on import FailOn
from tests.unit.cli.commands import commands, options, run

ROOT = Path(__file__).parents[3]
HOOK: Mapping[str, Any] = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")[0]
ACTION: Mapping[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")
STEPS: Mapping[str, Any] = {step.get("name", "python"): step for step in ACTION["runs"]["steps"]}

SOUND = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: x > 1, for: 1m, annotations: {summary: a}}\n"
WRONG = SOUND.replace("x > 1", "count(x) < 1")
OTHERS = {
    "alertmanager.yml": "route: {receiver: a}\nreceivers: [{name: a}]\n",
    "compose.yaml": "services: {a: {image: b}}\n",
    "tests.yml": "rule_files: [sound.yaml]\ntests: []\n",
    "chart.yaml": "{{- if .Values.a }}\na: b\n{{- end }}\n",
    "empty.yaml": "",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository's files: rules, and other YAML that a commit changes too."""
    for name, text in {"sound.yaml": SOUND, "wrong.rules": WRONG, **OTHERS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _hook(*arguments: str) -> tuple[int, str]:
    """What pre-commit runs: the entry, the arguments of the configuration, and the files that change."""
    program, *words = shlex.split(HOOK["entry"])
    assert program == "stackproof"
    done = run(*words, *arguments)
    return done.code, done.out + done.err


@pytest.mark.usefixtures("folder")
def test_the_hook_checks_rules_and_skips_other_files() -> None:
    """By their content: pre-commit gives it every YAML file that changes."""
    assert _hook("sound.yaml", *OTHERS) == (0, "nothing found\n")
    assert _hook(*OTHERS) == (0, "nothing found\n")
    code, out = _hook("wrong.rules", "sound.yaml", *OTHERS)
    assert code == 1
    assert [line for line in out.splitlines() if "error" in line] == [
        "wrong.rules:4: error rules/never-fires (certain)",
        "1 error",
    ]


@pytest.mark.usefixtures("folder")
def test_the_hook_takes_arguments() -> None:
    """As the guide shows: all rules, compared with the routes."""
    assert _hook("--fail-on", "never", "wrong.rules")[0] == 0
    assert _hook("--rules", ".", "--alertmanager", "alertmanager.yml")[0] == 1


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("rules/a.yaml", True),
        ("a.yml", True),
        ("a.rules", True),
        ("a.py", False),
        ("yaml", False),
        ("a.yaml.j2", False),
    ],
)
def test_the_hook_is_given_files_by_their_names(name: str, *, chosen: bool) -> None:
    """Whatever may hold rules."""
    assert bool(re.search(HOOK["files"], name)) is chosen


def test_pre_commit_accepts_the_hook() -> None:
    """It would refuse the whole repository otherwise."""
    command = (sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_matches_the_schema_of_actions(tmp_path: Path) -> None:
    """By the published schema, which refuses a step without a shell."""
    assert _by_schema(ROOT / "action.yml") == 0
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    (tmp_path / "action.yml").write_text(text.replace("shell: bash", "hull: bash"), encoding="utf-8")
    assert _by_schema(tmp_path / "action.yml") == 1


def _by_schema(file: Path) -> int:
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", str(file))
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode


def test_every_option_of_hook_and_action_exists() -> None:
    """A renamed option would fail in other people's repositories first."""
    known = set(options(commands()["alerts check"]))
    script = STEPS["Check"]["run"]
    assert set(re.findall(r"--[a-z-]+", HOOK["entry"])) <= known
    assert set(re.findall(r"--[a-z-]+", script)) <= known
    assert set(re.findall(r"stackproof alerts check|\"\$STACKPROOF\" alerts check", script))
    assert all(level in ACTION["inputs"]["fail-on"]["description"] for level in FailOn)


def test_every_input_of_the_action_reaches_its_command() -> None:
    """Through the environment, so that no input can be run as a script."""
    environment = STEPS["Check"]["env"]
    script = STEPS["Check"]["run"]
    for name in ACTION["inputs"]:
        (variable,) = (key for key, value in environment.items() if value == f"${{{{ inputs.{name} }}}}")
        assert f'"${variable}"' in script, name
    assert not any("${{" in step.get("run", "") for step in STEPS.values())


def _action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the action's step as a GitHub runner does."""
    program = folder / "stackproof"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m stackproof.cli "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = folder / "script.sh"
    script.write_text(STEPS["Check"]["run"], encoding="utf-8")
    empty = dict.fromkeys((key for key, value in STEPS["Check"]["env"].items() if "inputs." in value), "")
    return subprocess.run(
        ("bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)),
        cwd=folder,
        env={
            **os.environ,
            **empty,
            "FAIL_ON": ACTION["inputs"]["fail-on"]["default"],
            "STACKPROOF": str(program),
            "RUNNER_TEMP": str(folder),
            "GITHUB_OUTPUT": str(folder / "output"),
            **inputs,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_action_fails_on_errors_and_leaves_its_sarif(folder: Path) -> None:
    """The log shows the findings, and the next step finds the file for the review page."""
    done = _action(folder, RULES="sound.yaml\n*.rules\n\n", ALERTMANAGER="alertmanager.yml")
    assert done.returncode == 1, done.stderr
    assert "wrong.rules:4: error rules/never-fires" in done.stdout
    assert (folder / "output").read_text(encoding="utf-8") == f"sarif={folder}/stackproof.sarif\n"
    assert '"ruleId": "rules/never-fires"' in (folder / "stackproof.sarif").read_text(encoding="utf-8")


def test_the_action_passes_what_is_sound_and_knows_a_baseline(folder: Path) -> None:
    """And its level can be set."""
    assert _action(folder, RULES="sound.yaml").returncode == 0
    assert _action(folder, RULES="wrong.rules", FAIL_ON="never").returncode == 0
    assert run("alerts", "check", "--no-tools", "wrong.rules", "--write-baseline", "baseline.json").code == 0
    assert _action(folder, RULES="wrong.rules", BASELINE="baseline.json", FAIL_ON="info").returncode == 0


def test_the_action_shows_wrong_use(folder: Path) -> None:
    """A step without any file says what is missing."""
    done = _action(folder)
    assert done.returncode == 2
    assert "expected files to check" in done.stderr
