"""How suites are run, what they leave out, and what they report of the input that they generate."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from stackproof.cli.prove import prove

ROOT = Path(__file__).parents[2]
SUITES = ROOT / "suites"
OPTIONS = sorted(SUITES.glob("*.args"))
CALLERS = ("Makefile", "tox.ini", ".ci/run")
SEEDED = """
def test_fails(seed):
    assert not seed

def test_holds(seed):
    assert seed
"""
_REPEATED = re.compile(r"--(?:suite|proxies|clock|beside|ignore|profile)\b")


def _pytest(folder: Path, *arguments: str) -> str:
    """The output of pytest in a folder, with the plugin of this tree."""
    plugins = (
        "-p",
        "stackproof.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:schemathesis",
        "-p",
        "no:benchmark",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    (folder / "pytest.ini").touch()
    command = (sys.executable, "-m", "pytest", *plugins, *arguments)
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout + done.stderr


def repeated_options(text: str) -> list[str]:
    """Options of suites that a file names itself."""
    return _REPEATED.findall(text)


def test_a_failed_test_reports_its_seed_once(tmp_path: Path) -> None:
    """A failure of the night can be repeated in the morning, though nobody chose a seed."""
    (tmp_path / "conftest.py").write_text((SUITES / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_drawn.py").write_text(SEEDED, encoding="utf-8")
    output = _pytest(tmp_path, "--seed", "4711")
    assert "1 failed, 1 passed" in output, output
    assert output.count("--seed 4711") == 1


@pytest.fixture
def sla(tmp_path: Path) -> Path:
    """A folder with the conftest of suites/sla, and a test in each of three files."""
    folder = tmp_path / "sla"
    folder.mkdir()
    (folder / "conftest.py").write_text((SUITES / "sla" / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("test_drills.py", "test_benchmarks.py", "test_service_levels.py"):
        (folder / name).write_text("def test_it(): pass\n", encoding="utf-8")
    return tmp_path


def test_the_sla_suite_by_itself_runs_what_make_sla_runs_and_says_what_it_leaves_out(sla: Path) -> None:
    """Drills need a faster clock, and benchmarks decide nothing: one line each says how to run them."""
    output = _pytest(sla, "sla")
    assert "1 passed" in output, output
    assert "left out: test_drills.py, since it needs a faster clock: make drills" in output
    assert "left out: test_benchmarks.py, since it measures and decides nothing: tox -e bench" in output


def test_a_file_that_is_named_is_not_left_out(sla: Path) -> None:
    """What has a run of its own is run by its name."""
    output = _pytest(sla, "sla/test_drills.py")
    assert "1 passed" in output, output
    assert "left out" not in output


def test_each_suite_has_its_options_in_one_place() -> None:
    """Make, tox and continuous integration take a suite's options from its file: none can differ from another."""
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in CALLERS}
    assert {name: repeated_options(text) for name, text in texts.items()} == {name: [] for name in CALLERS}
    used = set(re.findall(r"@suites/(\w+)\.args", texts["tox.ini"]))
    assert used == {file.stem for file in OPTIONS}
    assert set(re.findall(r"call prove,(\w+),", texts["Makefile"])) <= used


def test_a_repeated_option_is_noticed() -> None:
    """Seen to fail: this is how Makefile and tox.ini once named the options of one suite each."""
    assert repeated_options("prove --suite drills --beside sla --clock 60") == ["--suite", "--beside", "--clock"]


@pytest.mark.parametrize("file", OPTIONS, ids=lambda file: file.stem)
def test_options_of_a_suite_are_known_to_pytest_and_to_prove(file: Path, pytestconfig: pytest.Config) -> None:
    """The same file serves both; it names its suite first."""
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"--suite={file.stem}"
    for line in lines:
        pytestconfig.getoption(line.partition("=")[0])  # raises where there is none
    context = prove.make_context("prove", [f"@{file}", "suites"])
    assert context.params["suite"] == file.stem
    assert context.params["pytest_args"] == ("suites",)


def test_a_missing_file_of_options_is_a_usage_error(tmp_path: Path) -> None:
    """Prove names the file, and runs nothing."""
    with pytest.raises(click.UsageError, match=r"missing\.args: No such file"):
        prove.make_context("prove", [f"@{tmp_path / 'missing.args'}"])
