"""The command line: thin, each command in a module that is imported only when it is called."""

import sys

import click

from stackproof.cli.lazy_group import LazyCommand, LazyGroup
from stackproof.model import StackproofError

_USAGE = 2
_COMMANDS = {
    "prove": LazyCommand("stackproof.cli.prove", "Run tests on a stack that comes up meanwhile; judge, and report."),
    "up": LazyCommand("stackproof.cli.standing", "Start a stack, with proxies in it, and leave it standing."),
    "down": LazyCommand("stackproof.cli.standing", "Take a stack down, with all that its runs left."),
    "status": LazyCommand("stackproof.cli.standing", "Show what stands, and which links are disturbed."),
    "heal": LazyCommand("stackproof.cli.standing", "Undo every fault, and remove what dead runs left."),
    "logs": LazyCommand("stackproof.cli.standing", "Show the services' last log lines."),
    "faults": LazyCommand("stackproof.cli.faults", "Tell which faults there are: list, show KIND."),
    "inject": LazyCommand("stackproof.cli.faults", "Hold a fault on a standing stack, and heal it."),
    "load": LazyCommand("stackproof.cli.load", "Put a target under open-loop load."),
    "contract": LazyCommand("stackproof.cli.contract", "Test a protocol's contract on a server."),
    "judge": LazyCommand("stackproof.cli.judge", "Judge a run again from its record."),
    "report": LazyCommand("stackproof.cli.judge", "Make one report of the latest run of each suite."),
    "alerts": LazyCommand("stackproof.cli.alerts", "Prove rules and routes: check."),
    "setup": LazyCommand("stackproof.cli.machine", "Prepare this machine: engine, base image, images."),
    "doctor": LazyCommand("stackproof.cli.machine", "Tell what is missing on this machine, and the fix."),
}


class _Commands(LazyGroup):
    lazy = _COMMANDS


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
