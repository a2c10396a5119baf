"""Every command has help, and the list of commands is read at a glance."""

import importlib.metadata
import re

import pytest

from tests.unit.cli.commands import commands, groups, options, run

WIDEST = 80
"""Columns of a plain terminal."""


def test_the_list_shows_each_command_with_one_line() -> None:
    """Each is a sentence on one line of a plain terminal, and none is left out."""
    shown = run("--help").out.partition("Commands:\n")[2].splitlines()
    lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in shown}
    assert set(lines) == {name.partition(" ")[0] for name in commands()}
    for line in shown:
        assert line.endswith("."), line
        assert len(line) <= WIDEST, line


@pytest.mark.parametrize("group", [name for name in groups() if name])
def test_the_line_of_a_group_names_its_commands(group: str) -> None:
    """Nobody has to ask a group what it can do."""
    (line,) = (each for each in run("--help").out.splitlines() if each.startswith(f"  {group} "))
    for name in (each.removeprefix(f"{group} ") for each in commands() if each.startswith(f"{group} ")):
        assert re.search(rf"\b{name}\b", line)


@pytest.mark.parametrize("name", [*commands(), *(each for each in groups() if each)])
def test_help_says_what_a_command_does_and_takes(name: str) -> None:
    """A sentence, and each option with its meaning, by -h and by --help."""
    done = run(*name.split(), "--help")
    assert done.code == 0
    assert done.out == run(*name.split(), "-h").out
    first = done.out.split("\n\n")[1].strip()
    assert first[0].isupper(), first
    command = commands().get(name)
    for option in options(command).values() if command else ():
        assert option.opts[0] in done.out
        assert option.help, option
        assert option.help.endswith("."), option.help


@pytest.mark.parametrize("group", list(groups()))
def test_a_group_alone_shows_its_help(group: str) -> None:
    """Without a command it is wrong use, and shows which there are."""
    done = run(*group.split())
    assert done.code == 2
    assert "Commands:" in done.out + done.err


@pytest.mark.parametrize("group", list(groups()))
def test_an_unknown_command_is_wrong_use(group: str) -> None:
    """One message that names it, and where help is."""
    assert run(*group.split(), "nonsense").is_refused("No such command 'nonsense'", "--help")


@pytest.mark.parametrize("name", commands())
def test_an_unknown_option_is_wrong_use(name: str) -> None:
    """One message that names it; `prove` leaves options that it does not know to pytest."""
    if commands()[name].context_settings.get("ignore_unknown_options"):
        assert name == "prove"
        return
    assert run(*name.split(), "--nonsense").is_refused("No such option", "--nonsense", f"stackproof {name}")


def test_the_version_is_the_packages() -> None:
    """`--version` shows what is installed, or that nothing is."""
    try:
        shown = f"stackproof, version {importlib.metadata.version('stackproof')}"
    except importlib.metadata.PackageNotFoundError:
        shown = "stackproof, a checkout that is not installed"
    done = run("--version")
    assert (done.code, done.out) == (0, f"{shown}\n")
