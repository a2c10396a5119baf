"""alerts mutate: whether tests of routes notice small wrong edits."""

from pathlib import Path

import pytest

from tests.unit.alerts.mutants.test_routing_operators import CONFIGURATION, TESTS
from tests.unit.cli.commands import run

FILES = ("--alertmanager", "alertmanager.yml", "--route-tests", "tests.yml")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "alertmanager.yml").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "tests.yml").write_text(TESTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_json_has_a_fixed_shape() -> None:
    """Other programs rely on these keys."""
    result = run("alerts", "mutate", *FILES, "--json").json()
    assert list(result) == [
        "mutants",
        "killed",
        "equivalent",
        "survivors",
        "refused",
        "broken",
        "needless_marks",
        "seconds",
        "score",
    ]
    assert result["mutants"] >= result["killed"] > 0


def test_tests_that_notice_enough_end_with_0() -> None:
    """The score is shown in one line."""
    done = run("alerts", "mutate", *FILES, "--at-least", "0")
    assert done.code == 0
    assert "mutants in" in done.out.splitlines()[-1]


def test_tests_that_notice_too_little_end_with_1(tmp_path: Path) -> None:
    """Each survivor is shown with its place and its diff."""
    (tmp_path / "tests.yml").write_text("routes: [{labels: {alertname: Slow}, receivers: [mail]}]\n", encoding="utf-8")
    done = run("alerts", "mutate", *FILES)
    assert done.code == 1
    assert "survived" in done.out
    assert "alertmanager.yml:" in done.out
    assert "expected 95.0%" in done.out.splitlines()[-1]


def test_files_that_fail_their_own_tests_are_refused(tmp_path: Path) -> None:
    """Exit code 2: nothing is learnt from mutants of what is wrong already."""
    (tmp_path / "tests.yml").write_text("routes: [{labels: {alertname: Slow}, receivers: [pager]}]\n", encoding="utf-8")
    assert run("alerts", "mutate", *FILES).is_refused("tests.yml")
