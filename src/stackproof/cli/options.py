"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., None])


def stack_option(command: _Command) -> _Command:
    """``--stack FILE``, for a command that is about one stack."""
    return _stack("The stack file; default: the one here, or in ./stack.")(command)


def only_stack_option(command: _Command) -> _Command:
    """``--stack FILE``, for a command that is about every run unless a stack is named."""
    return _stack("Only the runs of this stack file; default: every run on this machine.")(command)


def _stack(text: str) -> Callable[[_Command], _Command]:
    return click.option("--stack", "stack_file", metavar="FILE", type=click.Path(path_type=Path), help=text)


def reports_option(command: _Command) -> _Command:
    """``--reports DIR``."""
    return click.option(
        "--reports",
        metavar="DIR",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("reports"),
        show_default=True,
        help="Folder for everything that runs leave.",
    )(command)
