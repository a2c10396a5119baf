"""``stackproof alerts``: checks rules, routes and dashboards, and their tests, without a running stack."""

import click

from stackproof.cli.lazy_group import LazyCommand, LazyGroup


class _AlertCommands(LazyGroup):
    lazy = {  # noqa: RUF012 - a constant table
        "check": LazyCommand("stackproof.cli.alerts_check", "Find what is wrong in rules, routes and dashboards."),
        "mutate": LazyCommand("stackproof.cli.alerts_mutate", "Check that tests notice small wrong edits."),
    }


@click.group(cls=_AlertCommands)
def alerts() -> None:
    """Check rules and routes, without a running stack."""
