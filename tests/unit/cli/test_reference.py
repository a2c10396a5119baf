"""docs/cli.md and the commands are the same."""

import re
from pathlib import Path

import click
import pytest

from tests.unit.cli.commands import commands, options, run

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
SECTIONS: dict[str, str] = dict(
    re.findall(r"^## stackproof ([\w ]+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
)
_ROW = re.compile(r"^\| `(?P<option>--[a-z-]+)[^`]*` \| (?P<meaning>.*) \|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")


def _section(name: str) -> str:
    """The section of a command; commands of a group may share the group's."""
    return SECTIONS[name] if name in SECTIONS else SECTIONS[name.partition(" ")[0]]


def _usages(section: str) -> list[str]:
    return re.findall(r"^stackproof .*", section.partition("```\n")[2].partition("```")[0], re.MULTILINE)


def _rows(section: str) -> dict[str, str]:
    return {row["option"]: row["meaning"] for row in _ROW.finditer(section)}


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    """Nothing is left out, and nothing is promised that does not exist."""
    assert {name if name in SECTIONS else name.partition(" ")[0] for name in commands()} == set(SECTIONS)


def test_the_table_at_the_top_lists_every_section() -> None:
    """In the order of the page, each with a line on what it does."""
    listed = re.findall(r"^\| \[([\w ]+)\]\(#stackproof-([\w-]+)\) \| (.+) \|$", TEXT, re.MULTILINE)
    assert [name for name, _, _ in listed] == list(SECTIONS)
    assert [anchor for _, anchor, _ in listed] == [name.replace(" ", "-") for name in SECTIONS]


@pytest.mark.parametrize("name", commands())
def test_every_option_is_described_and_every_description_has_its_option(name: str) -> None:
    """In the section's table, or in the usage where commands share a section."""
    (usage,) = [line for line in _usages(_section(name)) if line.startswith(f"stackproof {name}")]
    in_usage = set(re.findall(r"--[a-z-]+", usage))
    described = {*_rows(SECTIONS[name]), *in_usage} if name in SECTIONS else in_usage
    assert described == set(options(commands()[name]))


@pytest.mark.parametrize("name", commands())
def test_the_usage_is_that_of_the_help(name: str) -> None:
    """What may be typed after a command: arguments, in their order."""
    help_usage = " ".join(run(*name.split(), "--help").out.partition("\n\n")[0].split()).removeprefix("Usage: ")
    (usage,) = [line for line in _usages(_section(name)) if line.startswith(f"stackproof {name}")]
    arguments = re.sub(r"\[?--[a-z-]+( [A-Z]+)?\]?|\[OPTIONS\]", "", help_usage.removeprefix(f"stackproof {name}"))
    documented = re.sub(r"\[?--[a-z-]+( [A-Z]+)?\]?|\[OPTIONS\]", "", usage.removeprefix(f"stackproof {name}"))
    assert documented.split() == arguments.split()


@pytest.mark.parametrize("name", commands())
def test_choices_and_defaults_are_described(name: str) -> None:
    """Each value that an option takes, and what it is without the option, where help shows that too."""
    rows = _rows(SECTIONS.get(name, ""))
    for option, parameter in options(commands()[name]).items():
        if option not in rows:
            continue
        written = " ".join((*_CODE.findall(rows[option]), TEXT[TEXT.find(f"`{option}") : TEXT.find(rows[option])]))
        if isinstance(parameter.type, click.Choice):
            for choice in parameter.type.choices:
                assert str(choice) in written, (name, option, choice)
        if parameter.show_default is True or isinstance(parameter.show_default, str):
            default = parameter.show_default if isinstance(parameter.show_default, str) else str(parameter.default)
            assert default in rows[option], (name, option, default)


def test_the_comparison_notices_an_option_that_is_missing() -> None:
    """A row that is taken out of the page is missed."""
    section = SECTIONS["down"]
    assert "--images" in _rows(section)
    assert "--images" not in _rows(re.sub(r"^\| `--images.*\n", "", section, flags=re.MULTILINE))
