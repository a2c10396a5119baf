"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., None])


def stack_option(command: _Command) -> _Command:
    """``--stack FILE``."""
    return click.option(
        "--stack",
        "stack_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="The stack file; without it, the stack declared here or in ./stack.",
    )(command)


def reports_option(command: _Command) -> _Command:
    """``--reports DIR``."""
    return click.option(
        "--reports",
        metavar="DIR",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("reports"),
        show_default=True,
        help="Folder of all that runs leave.",
    )(command)
