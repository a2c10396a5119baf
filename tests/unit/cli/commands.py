"""Commands as a shell runs them: arguments in, exit code and output out."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import click
from click.testing import CliRunner

from stackproof.cli import main, stackproof


@dataclass(frozen=True, slots=True)
class Done:
    """A command that ended.

    Attributes:
        code: Its exit code.
        out: What it printed.
        err: What it printed to standard error.
    """

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """What it printed, read as JSON."""
        return json.loads(self.out)

    def is_refused(self, *messages: str) -> bool:
        """Whether it ended as wrong use: exit code 2, one message that has these parts, no traceback, no output."""
        assert self.code == 2, self
        assert self.out == "", self
        assert "Traceback" not in self.err, self
        missing = [each for each in messages if each not in self.err]
        assert not missing, (missing, self.err)
        return True


def run(*arguments: str) -> Done:
    """Run a command in this process, through the entry point that a shell uses."""
    with CliRunner().isolation() as (out, err, _), patch.object(sys, "argv", ["stackproof", *arguments]):
        try:
            main()
            code: object = 0
        except SystemExit as end:
            code = end.code or 0
        sys.stdout.flush()
        sys.stderr.flush()
        assert isinstance(code, int), code
        return Done(code, out.getvalue().decode(), err.getvalue().decode())


def commands() -> dict[str, click.Command]:
    """Every command that does something, by its whole name: ``alerts check``."""
    return dict(_within(stackproof, ""))


def groups() -> dict[str, click.Group]:
    """Every group of commands, by its whole name; the whole program is ``""``."""
    found = {"": stackproof}
    context = click.Context(stackproof)
    named = {name: stackproof.get_command(context, name) for name in stackproof.list_commands(context)}
    return found | {name: command for name, command in named.items() if isinstance(command, click.Group)}


def options(command: click.Command) -> dict[str, click.Option]:
    """A command's long options by their names."""
    return {
        name: option
        for option in command.params
        if isinstance(option, click.Option)
        for name in option.opts
        if name.startswith("--")
    }


def _within(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _within(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command
