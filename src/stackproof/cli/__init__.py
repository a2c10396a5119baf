"""The command line: thin, each command in a module that is imported only when it is called."""

import sys
from importlib import import_module

import click

from stackproof.model import StackproofError

_USAGE = 2
_COMMANDS = {
    "up": ("stackproof.cli.standing", "Start a stack, with proxies in it, and leave it standing."),
    "down": ("stackproof.cli.standing", "Take a stack down, with all that its runs left."),
    "status": ("stackproof.cli.standing", "Show what stands, and which links are disturbed."),
    "heal": ("stackproof.cli.standing", "Undo every fault, and remove what dead runs left."),
    "logs": ("stackproof.cli.standing", "Show the services' last log lines."),
    "load": ("stackproof.cli.load", "Put a target under open-loop load."),
    "judge": ("stackproof.cli.judge", "Judge a run again from its record."),
    "report": ("stackproof.cli.judge", "Make one report of the latest run of each suite."),
    "setup": ("stackproof.cli.machine", "Prepare this machine: engine, base image, images."),
    "doctor": ("stackproof.cli.machine", "Tell what is missing on this machine, and the fix."),
}


class _Commands(click.Group):
    """Imports a command's module when it is called, so that the quick commands stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stackproof")
def stackproof() -> None:
    """Proves what a container stack promises, under load and under real faults.

    Exit codes: 0 PASS or done, 1 FAIL, 3 INCONCLUSIVE, 2 wrong use or a machine that lacks something.
    """


def main() -> None:
    """Run a command; what a user can mend is one message, never a traceback."""
    try:
        stackproof()
    except StackproofError as error:
        click.echo(f"stackproof: {error}", err=True)
        sys.exit(_USAGE)
