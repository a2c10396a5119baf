"""The documentation is true: its links, commands, options, paths and examples."""

import configparser
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path, PurePath

import click
import pytest
from ruamel.yaml import YAML

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

ELSEWHERE = {
    "docs/faults/[a-z]*.md": "tests/unit/faults/test_catalogue.py",
    "docs/checks/[a-z]*.md": "tests/unit/alerts/test_catalogue.py",
    "docs/architecture/decisions/0*.md": "tests/unit/test_architecture.py",
}
"""Pages of a kind that has a form of its own, and the test that holds them to it."""

MADE_BY_A_RUN = ("reports/", "suites/first/")
"""Paths that a page may name though they exist only after a command was run."""

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_STACKPROOF = re.compile(r"(?:^|[\s/])stackproof (?!import\b)([a-z]+)\b([^|;&#]*)")
_MAKE = re.compile(r"(?:^|\s)make ([a-z]+)\b")
_TOX = re.compile(r"\btox (?:run )?-e ([a-z,]+)([^|;&#]*)")
_PYTEST = re.compile(r"\bpytest\b([^|;&#]*)")
_OPTION = re.compile(r"(?<!\S)(--[a-z][a-z-]*)")
_PATH = re.compile(r"(?:src|tests|suites|docs|stack|reports)/[\w./*-]+")
_TERM = re.compile(r"^\| (?!term \||-)([^|]+) \|", re.MULTILINE)


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _code(text: str) -> Iterator[str]:
    """Every line that is written as code."""
    for _, block in _FENCED.findall(text):
        yield from block.replace("\\\n", " ").splitlines()
    yield from _INLINE.findall(_FENCED.sub("", text))


def _links(text: str) -> list[str]:
    """Links to files and sections of ours."""
    return [target for target in _LINK.findall(_FENCED.sub("", text)) if not re.match(r"[a-z]+:", target)]


def _paths(text: str) -> list[str]:
    """Paths of ours that are written as code; words in capitals stand for names, so such a path is none."""
    found = [code for code in _INLINE.findall(_FENCED.sub("", text)) if _PATH.fullmatch(code)]
    return [path for path in found if not re.search(r"[A-Z]{3}", Path(path).stem + str(Path(path).parent))]


def _examples(text: str, language: str) -> list[str]:
    """Blocks of a language."""
    return [block for its_language, block in _FENCED.findall(text) if its_language == language]


def things_to_check(text: str) -> list[str]:
    """Everything on a page that a test here compares with the tree."""
    commands = (_STACKPROOF, _MAKE, _TOX, _PYTEST)
    return [
        *_links(text),
        *_paths(text),
        *(line for line in _code(text) if any(command.search(line) for command in commands)),
        *(block for language in ("python", "yaml") for block in _examples(text, language)),
    ]


def _anchors(page: Path) -> set[str]:
    """What a link may name in a page, as GitHub derives it from headings."""
    headings = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _commands() -> dict[str, click.Command]:
    return dict(_named(stackproof, ""))


def _named(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    """Every command of a group by its full name; a lazy group is replaced by its commands."""
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
    """No reader is sent to a page or a section that does not exist."""
    for target in _links(page.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.exists(), f"{target}: no such file"
        assert not anchor or anchor in _anchors(linked), f"{target}: no such section"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_of_ours_exists(page: Path) -> None:
    """What a reader types works: each subcommand of stackproof, each of its options."""
    known = _commands()
    for first, words in (
        found for line in _code(page.read_text(encoding="utf-8")) for found in _STACKPROOF.findall(line)
    ):
        second, _, others = words.strip().partition(" ")
        name, rest = (f"{first} {second}", f" {others}") if f"{first} {second}" in known else (first, words)
        assert name in known or any(each.startswith(f"{name} ") for each in known), f"stackproof {name}"
        if name not in known:
            continue  # a group as a whole
        assert set(_OPTION.findall(rest)) <= {*_options(known[name]), "--help"}, f"stackproof {name}{rest}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_target_and_environment_exists(page: Path) -> None:
    """What a reader types works: each target of make, each environment of tox."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    environments = {section.removeprefix("testenv:") for section in tox.sections()}
    for line in _code(page.read_text(encoding="utf-8")):
        assert set(_MAKE.findall(line)) <= targets, line
        for names, _ in _TOX.findall(line):
            assert set(names.split(",")) <= environments, line


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_option_of_a_run_exists(page: Path, pytestconfig: pytest.Config) -> None:
    """What a reader types works: each option of pytest, given to it directly or through tox."""
    for line in _code(page.read_text(encoding="utf-8")):
        passed = [rest.partition(" -- ")[2] for _, rest in _TOX.findall(line)] + _PYTEST.findall(line)
        for option in (option for rest in passed for option in _OPTION.findall(rest)):
            pytestconfig.getoption(option)  # raises where there is none


def test_the_reference_has_every_option_of_every_command() -> None:
    """docs/cli.md leaves no option out and names no other."""
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## stackproof ([\w ]+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    listed = {name: set(re.findall(r"^\| `(--[a-z-]+)", section, re.MULTILINE)) for name, section in sections.items()}
    assert listed == {name: _options(command) for name, command in _commands().items()}


@pytest.mark.parametrize("kind", [fault.kind for fault in faults()])
def test_every_fault_has_its_page(kind: str) -> None:
    """A reader who meets a fault's name in a report can look it up, and the overview lists it."""
    assert (ROOT / "docs" / "faults" / f"{kind}.md").is_file()
    assert f"({kind}.md)" in (ROOT / "docs" / "faults" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_example_in_python_is_python(page: Path) -> None:
    """What is shown as Python compiles."""
    for block in _examples(page.read_text(encoding="utf-8"), "python"):
        compile(block, str(page), "exec")


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_example_in_yaml_is_yaml(page: Path) -> None:
    """What is shown as YAML can be read as YAML."""
    for block in _examples(page.read_text(encoding="utf-8"), "yaml"):
        assert YAML(typ="safe").load(block) is not None, block


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_path_exists(page: Path) -> None:
    """A file that a page names is where the page says it is."""
    paths = [path for path in _paths(page.read_text(encoding="utf-8")) if not path.startswith(MADE_BY_A_RUN)]
    assert [path for path in paths if not any(ROOT.glob(path))] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_page_has_something_that_a_test_checks(page: Path) -> None:
    """No page passes by having nothing to check: it has links, commands, paths or examples, or a form of its own."""
    others = [test for pattern, test in ELSEWHERE.items() if PurePath(_name(page)).match(pattern)]
    if page.name == "glossary.md":
        others += [test_the_glossary_has_one_meaning_for_each_term.__name__]
    assert others or things_to_check(page.read_text(encoding="utf-8"))


def test_pages_of_a_form_of_their_own_exist_and_have_a_test() -> None:
    """An exception that matches nothing would hide a page that is not checked."""
    for pattern, test in ELSEWHERE.items():
        assert any(ROOT.glob(pattern)), pattern
        assert (ROOT / test).is_file(), test


def test_a_page_with_nothing_to_check_is_noticed() -> None:
    """Seen to fail: prose alone, a link to another site, and a path of which a part is a placeholder."""
    assert things_to_check("# Prose\n\nWords, [a link](https://example.org) and `src/stackproof/NAME.py`.\n") == []
    assert things_to_check("see `src/stackproof` and `src/stackproof/cli`, [here](a.md)") == [
        "a.md",
        "src/stackproof",
        "src/stackproof/cli",
    ]


def test_the_glossary_has_one_meaning_for_each_term() -> None:
    """Two rows that define one term would let two names for it live on."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = [term.strip() for row in _TERM.findall(text) for term in row.split(", ")]
    assert len(terms) > 50
    assert sorted(terms) == sorted(set(terms))


def test_the_first_test_of_the_readme_can_be_copied(tmp_path: Path) -> None:
    """A newcomer's first test is valid, and everything that it imports exists."""
    blocks = _FENCED.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    file = tmp_path / "first.py"
    file.write_text(next(block for language, block in blocks if language == "python"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("first", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert any(name.startswith("test_") for name in vars(module))
