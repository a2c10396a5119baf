"""Every id of a finding is explained, in a checkout and in an installed package."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from stackproof.alerts.catalogue import CHECKS
from stackproof.alerts.check_pages import explained, known_ids, nearest_ids
from stackproof.model import DeclarationError
from stackproof.model.file_problem import ProblemKind

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "checks"
CHECKED = {check.id for check in CHECKS}


@pytest.mark.parametrize("check_id", [check.id for check in CHECKS])
def test_a_check_is_explained_by_its_page(check_id: str) -> None:
    """The page that people read on the web is the one that the command prints."""
    page = PAGES / f"{check_id.replace('/', '-')}.md"
    assert explained(check_id) == page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "check_id",
    [
        *ProblemKind,
        *("metrics/no-answer", "tools/promtool", "tools/amtool", "tools/amlint", "tools/not-run"),
        *("ignore/invalid", "ignore/unused"),
    ],
)
def test_an_id_without_a_page_is_explained_by_the_overview(check_id: str) -> None:
    """Every finding can be looked up, those about files and tools too."""
    head, severity, meaning = explained(str(check_id)).strip().split("\n\n")
    assert head == f"# {check_id}"
    assert severity.startswith("Severity: ")
    assert meaning.endswith(".")
    assert known_ids()[str(check_id)].summary.lower() in meaning.lower()


def test_the_known_ids_are_those_of_findings() -> None:
    """No check is missing, and each id has a summary."""
    assert set(known_ids()) >= CHECKED
    assert all(known.summary for known in known_ids().values())


def test_every_id_in_the_sources_is_known() -> None:
    """A finding with an id that nothing explains could not be printed as SARIF."""
    sources = (ROOT / "src" / "stackproof" / "alerts").rglob("*.py")
    ids = {found for file in sources for found in re.findall(r'\bid="(\w[\w/-]+)"', file.read_text(encoding="utf-8"))}
    assert {*CHECKED, "ignore/unused", "tools/not-run"} <= ids
    assert ids <= set(known_ids())


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("rules/missing-fore", "rules/missing-for"),
        ("missing-for", "rules/missing-for"),
        ("promql/missing-for", "rules/missing-for"),
        ("Rules/No-Severity", "rules/no-severity"),
        ("unreachable", "routing/unreachable-route"),
    ],
)
def test_the_nearest_id_is_named(text: str, nearest: str) -> None:
    """For a typing error, and for a name without its family."""
    assert nearest in nearest_ids(text)
    with pytest.raises(DeclarationError) as error:
        explained(text)
    assert nearest in (error.value.fix or "")


def test_an_id_that_resembles_none_is_refused() -> None:
    """It is said where ids are found."""
    with pytest.raises(DeclarationError, match="no check 'xyz'") as error:
        explained("xyz")
    assert "shows the id" in (error.value.fix or "")


def test_a_wheel_has_the_pages(tmp_path: Path) -> None:
    """Who installs the package has no repository at hand: a wheel's own code prints them."""
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    program = (
        "import stackproof.alerts.check_pages as pages; assert 'installed' in pages.__file__, pages.__file__; "
        "print(pages.explained('rules/missing-for')); print(pages.explained('file/empty'))"
    )
    done = subprocess.run(
        (sys.executable, "-c", program),
        env={"PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert explained("rules/missing-for") in done.stdout
    assert explained("file/empty") in done.stdout
