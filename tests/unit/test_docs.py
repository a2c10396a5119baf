"""The documentation tells of what is there."""

import configparser
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from stackproof.cli import stackproof
from stackproof.cli.lazy_group import LazyGroup
from stackproof.faults.catalogue import faults

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "reports").glob("*.md"),
        *(ROOT / "stack").glob("*.md"),
    ]
)

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_STACKPROOF = re.compile(r"(?:^|[\s/])stackproof (?!import\b)([a-z]+)\b([^|;&#]*)")
_MAKE = re.compile(r"(?:^|\s)make ([a-z]+)\b")
_TOX = re.compile(r"\btox (?:run )?-e ([a-z,]+)([^|;&#]*)")
_PYTEST = re.compile(r"\bpytest\b([^|;&#]*)")
_OPTION = re.compile(r"(?<!\S)(--[a-z][a-z-]*)")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _code(page: Path) -> Iterator[str]:
    """Every line of a page that is written as code."""
    text = page.read_text(encoding="utf-8")
    for _, block in _FENCED.findall(text):
        yield from block.replace("\\\n", " ").splitlines()
    yield from _INLINE.findall(_FENCED.sub("", text))


def _anchors(page: Path) -> set[str]:
    """What a link may name in a page, as GitHub makes it of headings."""
    headings = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _commands() -> dict[str, click.Command]:
    return dict(_named(stackproof, ""))


def _named(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    """Every command of a group by its whole name; those of a lazy group stand for it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, LazyGroup):
            yield from _named(command, f"{before}{name} ")
        elif command is not None:
            yield f"{before}{name}", command


def _options(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts if option.startswith("--")}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Nobody is sent to a page or a section that is not there."""
    for target in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), f"{target}: no such file"
        assert not anchor or anchor in _anchors(there), f"{target}: no such section"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_of_ours_exists(page: Path) -> None:
    """What is to be typed works: each subcommand of stackproof, each of its options."""
    known = _commands()
    for first, words in (found for line in _code(page) for found in _STACKPROOF.findall(line)):
        second, _, others = words.strip().partition(" ")
        name, rest = (f"{first} {second}", f" {others}") if f"{first} {second}" in known else (first, words)
        assert name in known or any(each.startswith(f"{name} ") for each in known), f"stackproof {name}"
        if name not in known:
            continue  # a group as a whole
        assert set(_OPTION.findall(rest)) <= {*_options(known[name]), "--help"}, f"stackproof {name}{rest}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_target_and_environment_exists(page: Path) -> None:
    """What is to be typed works: each target of make, each environment of tox."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    environments = {section.removeprefix("testenv:") for section in tox.sections()}
    for line in _code(page):
        assert set(_MAKE.findall(line)) <= targets, line
        for names, _ in _TOX.findall(line):
            assert set(names.split(",")) <= environments, line


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_option_of_a_run_exists(page: Path, pytestconfig: pytest.Config) -> None:
    """What is to be typed works: each option that pytest is given, by itself or through tox."""
    for line in _code(page):
        passed = [rest.partition(" -- ")[2] for _, rest in _TOX.findall(line)] + _PYTEST.findall(line)
        for option in (option for rest in passed for option in _OPTION.findall(rest)):
            pytestconfig.getoption(option)  # raises where there is none


def test_the_reference_has_every_option_of_every_command() -> None:
    """docs/cli.md leaves nothing out and promises nothing more."""
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## stackproof ([\w ]+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    told = {name: set(re.findall(r"^\| `(--[a-z-]+)", section, re.MULTILINE)) for name, section in sections.items()}
    assert told == {name: _options(command) for name, command in _commands().items()}


@pytest.mark.parametrize("kind", [fault.kind for fault in faults()])
def test_every_fault_has_its_page(kind: str) -> None:
    """Whoever reads a fault's name in a report finds out what it does, and it is listed among the others."""
    assert (ROOT / "docs" / "faults" / f"{kind}.md").is_file()
    assert f"({kind}.md)" in (ROOT / "docs" / "faults" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_example_in_python_is_python(page: Path) -> None:
    """What is shown as code can be read as code."""
    for language, block in _FENCED.findall(page.read_text(encoding="utf-8")):
        if language == "python":
            compile(block, str(page), "exec")


def test_the_first_test_of_the_readme_can_be_copied(tmp_path: Path) -> None:
    """A newcomer's first test is valid, and finds all that it imports."""
    blocks = _FENCED.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    file = tmp_path / "first.py"
    file.write_text(next(block for language, block in blocks if language == "python"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("first", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert any(name.startswith("test_") for name in vars(module))
