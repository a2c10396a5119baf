"""A group of commands whose modules are imported only when they are called, so that the quick ones stay quick."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import click


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """Where a command is, and what its list says of it.

    Attributes:
        module: The module; the command has its own name there.
        help: One line.
    """

    module: str
    help: str


class LazyGroup(click.Group):
    """Imports a command's module when it is called.

    Attributes:
        lazy: The commands, in the order of the list.
    """

    lazy: Mapping[str, LazyCommand]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        del ctx
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, if there is one."""
        del ctx
        if cmd_name not in self.lazy:
            return None
        command: click.Command = getattr(import_module(self.lazy[cmd_name].module), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in self.lazy.items()])
