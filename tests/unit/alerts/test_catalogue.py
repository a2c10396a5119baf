"""Every check has its file, its test, its page and its row: whoever sees a finding can read what it means."""

import importlib
import re
from pathlib import Path

import pytest

from stackproof.alerts.catalogue import CHECKS
from stackproof.alerts.check import Check, Monitoring

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "checks"
MODULES = ROOT / "src" / "stackproof" / "alerts" / "checks"
TESTS = ROOT / "tests" / "unit" / "alerts" / "checks"

_ROW = re.compile(r"^\| \[([a-z/-]+)\]\(([a-z-]+)\.md\) \| (\w+) \|", re.MULTILINE)


def _name(check: Check) -> str:
    return check.id.replace("/", "-")


def _module(check: Check) -> str:
    return _name(check).replace("-", "_")


def test_the_catalogue_is_in_order() -> None:
    """Ids are sorted, and each is there once."""
    ids = [check.id for check in CHECKS]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_has_its_file_its_test_and_its_page(check: Check) -> None:
    """One check is one file, one test and one page, all found by its id."""
    assert importlib.import_module(f"stackproof.alerts.checks.{_module(check)}").CHECK is check
    assert (TESTS / f"test_{_module(check)}.py").is_file()
    page = (PAGES / f"{_name(check)}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {check.id}\n")
    assert f"Severity: {check.severity.value}" in page
    for part in ("Why it matters", "Wrong", "Mended", "Sources"):
        assert f"\n## {part}\n" in page


def test_nothing_is_there_that_the_catalogue_has_not() -> None:
    """No check is written and then forgotten."""
    modules = {_module(check) for check in CHECKS}
    assert {file.stem for file in MODULES.glob("*.py")} - {"__init__"} == modules
    assert {file.stem.removeprefix("test_") for file in TESTS.glob("test_*.py")} == modules
    assert {file.stem for file in PAGES.glob("*.md")} - {"README"} == {_name(check) for check in CHECKS}


def test_the_table_lists_every_check() -> None:
    """Who looks through the table sees each check with its severity, in the catalogue's order."""
    rows = _ROW.findall((PAGES / "README.md").read_text(encoding="utf-8"))
    assert rows == [(check.id, _name(check), check.severity.value) for check in CHECKS]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_of_nothing_finds_nothing(check: Check) -> None:
    """Whatever was not given is no mistake."""
    assert list(check.findings(Monitoring())) == []
