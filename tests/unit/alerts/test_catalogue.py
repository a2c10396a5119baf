"""Every check has a file, a test, a page and a row in the table, so that users can look up each finding."""

import importlib
import re
from pathlib import Path

import pytest

from stackproof.alerts import checks
from stackproof.alerts.catalogue import CHECKS, check_modules
from stackproof.alerts.check import Check, Monitoring

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "checks"
TESTS = ROOT / "tests" / "unit" / "alerts" / "checks"

_ROW = re.compile(r"^\| \[([a-z/-]+)\]\(([a-z-]+)\.md\) \| (\w+) \| (\w+) \| ([^|]+) \|", re.MULTILINE)


def id_by_place(module: str) -> str:
    """The id that the check of a module has to have: its folder and its file's name."""
    family, name = module.removeprefix("stackproof.alerts.checks.").split(".")
    return f"{family}/{name.replace('_', '-')}"


def page_of(check: Check) -> Path:
    """The page of a check."""
    return PAGES / f"{check.id.replace('/', '-')}.md"


def test_the_catalogue_is_sorted() -> None:
    """Ids are sorted and unique."""
    ids = [check.id for check in CHECKS]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("module", [*check_modules()])
def test_the_id_of_a_check_is_its_folder_and_its_file_name(module: str) -> None:
    """So the file of a finding's check is found without a search, and so is its test."""
    assert importlib.import_module(module).CHECK.id == id_by_place(module)
    family, name = id_by_place(module).replace("-", "_").split("/")
    assert (TESTS / family / f"test_{name}.py").is_file()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_has_a_page(check: Check) -> None:
    """With its severity, how sure it is, what it needs, why it matters, and examples that other tests run."""
    page = page_of(check).read_text(encoding="utf-8")
    assert page.startswith(f"# {check.id}\n")
    assert f"Severity: {check.severity.value}. Confidence: {check.confidence.value}. Needs: {_needs(check)}." in page
    for part in ("Why it matters", "Wrong", "Fixed", "Sources"):
        assert f"\n## {part}\n" in page


def test_no_test_or_page_is_without_a_check() -> None:
    """Neither outlives its check."""
    ids = {check.id for check in CHECKS}
    tested = {f"{file.parent.name}/{file.stem.removeprefix('test_')}" for file in TESTS.glob("*/test_*.py")}
    assert {name.replace("_", "-") for name in tested} == ids
    assert set(PAGES.glob("*.md")) - {PAGES / "README.md"} == {page_of(check) for check in CHECKS}


def test_a_new_file_in_a_family_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check is added by its file alone; one with another id than its place would fail the test above."""
    toys = tmp_path / "toys"
    toys.mkdir()
    (toys / "__init__.py").touch()
    (toys / "always_wrong.py").write_text('class CHECK:\n    id = "toys/never-wrong"\n', encoding="utf-8")
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    (module,) = set(check_modules()) - {f"{checks.__name__}.{name}" for name in _places(CHECKS)}
    assert module == "stackproof.alerts.checks.toys.always_wrong"
    assert importlib.import_module(module).CHECK.id != id_by_place(module)


def _places(found: tuple[Check, ...]) -> set[str]:
    return {check.id.replace("/", ".").replace("-", "_") for check in found}


def test_the_table_lists_every_check() -> None:
    """With its severity, its confidence and what it needs, in the catalogue's order."""
    rows = _ROW.findall((PAGES / "README.md").read_text(encoding="utf-8"))
    assert rows == [
        (check.id, page_of(check).stem, check.severity.value, check.confidence.value, _needs(check)) for check in CHECKS
    ]


def _needs(check: Check) -> str:
    more = f"; more with {', '.join(check.helped_by)}" if check.helped_by else ""
    return ", ".join(check.needs) + more


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_of_nothing_finds_nothing(check: Check) -> None:
    """A file that was not given is not a mistake."""
    assert list(check.findings(Monitoring())) == []
