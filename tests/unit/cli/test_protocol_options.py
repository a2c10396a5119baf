"""Options that protocols add to a command behave like the command's own."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from stackproof.cli.load import load
from stackproof.cli.protocol_options import ProtocolCommand, add_options, fields_given
from stackproof.protocols.command_options import CommandOption, OptionKind

OPTIONS = (
    CommandOption("--word", "word", OptionKind.TEXT, "One word."),
    CommandOption("--tag", "tags", OptionKind.TEXTS, "Many words.", choices=("a", "b")),
    CommandOption("--count", "count", OptionKind.WHOLE_NUMBER, "A number."),
    CommandOption("--least", "least", OptionKind.WHOLE_NUMBER, "A bounded number.", minimum=1),
    CommandOption("--file", "file", OptionKind.FILE, "A file."),
    CommandOption("--on", "state", OptionKind.SWITCH, "A switch.", convert=lambda _given: "on"),
)


@click.command(cls=ProtocolCommand)
@click.option("--own", help="The command's own.")
@click.pass_context
def command(ctx: click.Context, /, **_options: object) -> None:
    """Print what was given."""
    click.echo(sorted(fields_given(ctx, OPTIONS).items()))


add_options(command, [("p", OPTIONS), ("q", OPTIONS[:1])], ())


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ((), []),
        (("--word", ""), [("word", "")]),
        (("--count", "0"), [("count", 0)]),
        (("--count", "-3"), [("count", -3)]),
        (("--count=-3",), [("count", -3)]),
        (("--tag", "a", "--tag", "b"), [("tags", ("a", "b"))]),
        (("--file", "x/y"), [("file", Path("x/y"))]),
        (("--on", "--own", "x"), [("state", "on")]),
    ],
)
def test_what_is_given_sets_a_field_and_nothing_else_does(arguments: tuple[str, ...], fields: list[object]) -> None:
    """Each kind has its type; zero and empty text are values."""
    assert CliRunner().invoke(command, arguments).output.strip() == str(fields)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--count",), "'--count' requires an argument"),
        (("--count", "many"), "'many' is not a valid int"),
        (("--least", "0"), "0 is not in the range x>=1"),
        (("--tag", "c"), "'c' is not one of 'a', 'b'"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: tuple[str, ...], message: str) -> None:
    """As click does it, with exit code 2."""
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_the_help_lists_a_shared_option_for_each_protocol() -> None:
    """The command's own options come first."""
    lines = CliRunner().invoke(command, ("--help",)).output.splitlines()
    titles = [line for line in lines if line.endswith(":") and line.startswith("Options")]
    assert titles == ["Options:", "Options for p:", "Options for q:"]
    assert sum("--word TEXT" in line for line in lines) == 2


def test_the_options_of_our_own_protocols_stay() -> None:
    """Scripts that people have written go on working."""
    flags = {flag for parameter in load.params for flag in parameter.opts}
    ours = {"--method", "--header", "--body", "--expect", "--insecure", "--ca-file", "--size", "--mime-type"}
    assert ours <= flags
