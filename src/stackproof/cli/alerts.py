"""``stackproof alerts``: rules, routes and dashboards, checked and put to the proof; no stack need stand."""

import click

from stackproof.cli.lazy_group import LazyCommand, LazyGroup


class _Alerts(LazyGroup):
    lazy = {  # noqa: RUF012 - a table that no one changes
        "check": LazyCommand("stackproof.cli.alerts_check", "Find what is wrong with rules, routes and dashboards."),
        "mutate": LazyCommand("stackproof.cli.alerts_mutate", "Make small wrong edits; the tests must notice each."),
    }


@click.group(cls=_Alerts)
def alerts() -> None:
    """Prove rules and routes: no stack need stand."""
