"""To add something is to add the files that its page lists, and no others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.extensions import Extension, add_copy, copied_tree, missing_parts, read_extension

ROOT = Path(__file__).parents[2]
NAMES = ("fault", "check", "protocol", "engine", "attachment")
WRONG_ALERTS = "route:\n  receiver: chat\n  group_by: ['...']\nreceivers: [{name: chat}]\n"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A scratch checkout of the tree as it is."""
    return copied_tree(tmp_path)


def _run(scratch: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the scratch checkout's code, as a person there would."""
    environment = {**os.environ, "PYTHONPATH": str(scratch / "src"), "COLUMNS": "200"}
    return subprocess.run(
        (sys.executable, *command),
        cwd=scratch,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _passes(scratch: Path, *tests: str) -> None:
    done = _run(scratch, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_a_list_exists_for_its_example(name: str) -> None:
    """Whoever follows the list finds each file of the example that it starts from."""
    extension = read_extension(name)
    assert extension.names
    assert len(extension.files) > 2
    assert missing_parts(extension, ROOT) == []


def test_a_list_with_a_wrong_file_is_noticed() -> None:
    """Seen to fail: a file that does not exist, and a shared one without a line of the example."""
    files = (("src/stackproof/faults/kinds/FAMILY/KIND.py",), ("src/KIND.py",), ("LICENSE", "NOTICE"))
    extension = Extension({"FAMILY": "processes", "KIND": "freeze"}, files)
    assert missing_parts(extension, ROOT) == ["src/KIND.py", "LICENSE or NOTICE"]


def test_a_toy_fault_in_the_listed_files_is_found(scratch: Path) -> None:
    """The command lists it with its family, and every test of the catalogue and of the pages accepts it."""
    touched = add_copy(read_extension("fault"), scratch, "hiccup")
    assert touched == {
        "src/stackproof/faults/kinds/processes/hiccup.py",
        "tests/unit/faults/kinds/processes/test_hiccup.py",
        "docs/faults/hiccup.md",
        "docs/faults/README.md",
        "suites/sla/test_drills.py",
    }
    listed = _run(scratch, "-m", "stackproof.cli", "faults", "list")
    assert "hiccup" in listed.stdout, listed.stderr
    _passes(scratch, "-k", "hiccup", "tests/unit/faults", "tests/unit/test_docs.py")
    excused = _run(scratch, "-c", "from suites.sla.test_drills import NOT_NOTICED; print(NOT_NOTICED['hiccup'])")
    assert excused.stdout, excused.stderr


def test_a_toy_check_in_the_listed_files_is_found(scratch: Path) -> None:
    """The command reports what it finds, and every test of the catalogue and of the pages accepts it."""
    touched = add_copy(read_extension("check"), scratch, "group_by_whim")
    assert touched == {
        "src/stackproof/alerts/checks/routing/group_by_whim.py",
        "tests/unit/alerts/checks/routing/test_group_by_whim.py",
        "docs/checks/routing-group-by-whim.md",
        "docs/checks/README.md",
    }
    (scratch / "wrong.yml").write_text(WRONG_ALERTS, encoding="utf-8")
    found = _run(scratch, "-m", "stackproof.cli", "alerts", "check", "--no-tools", "--alertmanager", "wrong.yml")
    assert "routing/group-by-whim" in found.stdout, found.stdout + found.stderr
    checks = "tests/unit/alerts/checks/routing/test_group_by_whim.py"
    _passes(scratch, checks, "tests/unit/alerts/test_catalogue.py")


def test_a_toy_without_its_page_is_refused(scratch: Path) -> None:
    """Seen to fail: a file of the list that is left out makes the tests of the catalogue fail."""
    add_copy(read_extension("check"), scratch, "group_by_whim")
    (scratch / "docs" / "checks" / "routing-group-by-whim.md").unlink()
    done = _run(scratch, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/alerts/test_catalogue.py")
    assert done.returncode == 1, done.stdout + done.stderr
