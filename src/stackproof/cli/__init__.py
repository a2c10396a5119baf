"""The command line: each command is a module that is imported when the command is called."""

import sys

import click

from stackproof.cli.lazy_group import LazyCommand, LazyGroup
from stackproof.model import StackproofError

_USAGE = 2
_COMMANDS = {
    "prove": LazyCommand("stackproof.cli.prove", "Run tests on a stack, judge the run and report it."),
    "up": LazyCommand("stackproof.cli.running_stacks", "Start a stack with proxies, and leave it running."),
    "down": LazyCommand("stackproof.cli.running_stacks", "Remove the runs of a stack."),
    "status": LazyCommand("stackproof.cli.running_stacks", "Show what is running, and which links are disturbed."),
    "heal": LazyCommand("stackproof.cli.running_stacks", "Heal every fault, and remove what dead runs left."),
    "logs": LazyCommand("stackproof.cli.running_stacks", "Show the services' last log lines."),
    "faults": LazyCommand("stackproof.cli.faults", "Show which faults there are: list, show KIND."),
    "inject": LazyCommand("stackproof.cli.faults", "Hold a fault on a running stack, then heal it."),
    "load": LazyCommand("stackproof.cli.load", "Put a target under open-loop load."),
    "contract": LazyCommand("stackproof.cli.contract", "Test a protocol's contract on a server."),
    "judge": LazyCommand("stackproof.cli.judge", "Judge a run again from its record."),
    "report": LazyCommand("stackproof.cli.judge", "Make one report of the latest run of each suite."),
    "alerts": LazyCommand("stackproof.cli.alerts", "Check alerting files and the tests of them: check, mutate."),
    "setup": LazyCommand("stackproof.cli.preparation", "Prepare this machine: engine, base image, our images."),
    "doctor": LazyCommand("stackproof.cli.preparation", "Show what this machine lacks, and how to fix it."),
}


def _show_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's callback
    """Print the version; a checkout on the path that was never installed has none."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - for this option alone

    if asked and not ctx.resilient_parsing:
        try:
            click.echo(f"stackproof, version {version('stackproof')}")
        except PackageNotFoundError:
            click.echo("stackproof, a checkout that is not installed")
        ctx.exit()


class _Commands(LazyGroup):
    lazy = _COMMANDS


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def stackproof() -> None:
    """Proves what a container stack promises, under load and under real faults.

    Exit codes: 0 PASS or done, 1 FAIL, 3 INCONCLUSIVE, 2 wrong use, or a machine that lacks something.
    """


def main() -> None:
    """Run a command; an error that a user can fix is shown as one message, without a traceback."""
    try:
        stackproof()
    except StackproofError as error:
        click.echo(f"stackproof: {error}", err=True)
        sys.exit(_USAGE)
