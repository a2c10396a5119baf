"""The public names: documented, cheap to import, and all that a person's test imports."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import stackproof
from tests.unit.api_page import PAGE, documented, unknown_members, written

ROOT = Path(__file__).parents[2]
PEOPLES_TESTS = sorted(file for folder in ("suites", "tests/stacks") for file in (ROOT / folder).rglob("*.py"))
"""Tests as a person writes them, of the shipped stack and of others."""

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "stack").rglob("*.md")])
WRITE = "write the present ones with `python -m tests.unit.api_page`"
FOR_PLUG_INS = {"docs/extending/protocol.md": {"stackproof.protocols"}}
"""Modules that a package which extends stackproof imports beside the public names, by the page that documents them."""

_PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
_DEEP = """
import stackproof.run.run
from stackproof import Run
from stackproof.model import Outcome

def late():
    from stackproof.workload.plan import LoadPlan
"""


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def deep_imports(code: str) -> list[str]:
    """Modules below the package that code imports."""
    imported = [name for node in ast.walk(ast.parse(code)) for name in _imported(node)]
    return sorted(name for name in imported if name.startswith("stackproof."))


def _imported(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (each.name for each in names)
        case ast.ImportFrom(module=str(module)):
            yield module


def test_every_public_name_exists() -> None:
    """A name is imported when it is first asked for: a wrong line in the stub would surprise the first who asks."""
    assert stackproof.__all__
    assert [name for name in stackproof.__all__ if not hasattr(stackproof, name)] == []


def test_every_public_name_is_documented_once_and_no_other_is() -> None:
    """docs/api.md leaves nothing out and promises nothing more."""
    assert sorted(documented(PAGE.read_text(encoding="utf-8"))) == sorted(stackproof.__all__)


def test_documented_signatures_are_those_of_the_code() -> None:
    """A call that is written as the page shows it is accepted."""
    text = PAGE.read_text(encoding="utf-8")
    assert written(text) == text, WRITE


def test_documented_attributes_exist() -> None:
    """Each `.name` in the description of a class is one of its attributes or methods."""
    assert unknown_members(PAGE.read_text(encoding="utf-8")) == []


def test_a_wrong_page_is_noticed() -> None:
    """Seen to fail: an old signature, a missing default, an attribute that no class has."""
    page = "| `Constant(rate, duration_s)` | has `.tempo`, `.planned` |\n\n### `Run`\n\n| `.service(name, kind)` | |\n"
    assert written(page) == page.replace("(rate, duration_s)", '(rate_per_s, duration_s, kind="constant")').replace(
        "(name, kind)", "(name)"
    )
    assert documented(page) == ["Constant"]
    assert unknown_members(page) == ["Constant.tempo"]
    with pytest.raises(AttributeError):
        written("| `Gone()` | |\n")


def test_importing_the_package_imports_no_part_of_it() -> None:
    """A name costs what its module costs, when it is used: ``import stackproof`` is on the way of every command."""
    code = "import sys, stackproof; print(*sys.modules)"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True, timeout=60)
    modules = done.stdout.split()
    assert [name for name in modules if name.startswith("stackproof")] == ["stackproof"]
    assert not {"pytest", "docker", "pydantic", "asyncio", "yaml"} & {*modules}


@pytest.mark.parametrize("file", PEOPLES_TESTS, ids=_name)
def test_suites_import_public_names_alone(file: Path) -> None:
    """A suite is an example for others: whatever it needs, they may use."""
    assert deep_imports(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_examples_import_public_names_alone(page: Path) -> None:
    """Code that a page shows can be copied, and goes on working."""
    found = {name for code in _PYTHON.findall(page.read_text(encoding="utf-8")) for name in deep_imports(code)}
    assert found - FOR_PLUG_INS.get(_name(page), set()) == set()


def test_a_deep_import_is_noticed() -> None:
    """Seen to fail: at the top of a file, as a module, and inside a function."""
    assert deep_imports(_DEEP) == ["stackproof.model", "stackproof.run.run", "stackproof.workload.plan"]
