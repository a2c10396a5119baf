"""Options that a protocol adds to a command, declared without a library for command lines."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any


class OptionKind(Enum):
    """What follows an option, and what type it has in Python."""

    TEXT = auto()
    """One ``str``."""
    TEXTS = auto()
    """A ``tuple`` of ``str``: the option may be repeated."""
    WHOLE_NUMBER = auto()
    """One ``int``."""
    FILE = auto()
    """One ``pathlib.Path``."""
    SWITCH = auto()
    """Nothing follows; the value is ``True``."""


@dataclass(frozen=True, slots=True)
class CommandOption:
    """One option. If it is not given, the field keeps its default.

    Attributes:
        flag: How it is written, such as ``--size``.
        field: The field that it sets.
        kind: What follows it.
        help: One sentence.
        metavar: What stands for the value in the help; empty for the usual word.
        choices: The texts that are accepted; empty for all.
        minimum: The smallest number that is accepted; None for no bound.
        convert: Turns the value into the field's; None if it is the same. May raise ``DeclarationError``.
    """

    flag: str
    field: str
    kind: OptionKind
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    convert: Callable[[Any], object] | None = None
