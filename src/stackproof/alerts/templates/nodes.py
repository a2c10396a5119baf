"""The syntax tree of a Go template. Source: https://pkg.go.dev/text/template/parse."""

from dataclasses import dataclass
from enum import StrEnum


class OperandKind(StrEnum):
    """What an operand is."""

    DOT = "."
    FIELD = "a field of the dot"
    VARIABLE = "a variable"
    FUNCTION = "a function"
    TEXT = "a text"
    WHOLE_NUMBER = "a whole number"
    NUMBER = "a number with a fraction"
    TRUTH = "true or false"
    NIL = "nil"
    PIPELINE = "a pipeline in parentheses"


@dataclass(frozen=True, slots=True)
class Operand:
    """One word of a command.

    Attributes:
        kind: What it is.
        offset: Where it begins in the text.
        text: The name of a variable or function, or the value of a literal.
        fields: The fields that are read from it, one from the other: ``.A.B``.
        pipeline: The pipeline in parentheses.
    """

    kind: OperandKind
    offset: int
    text: str = ""
    fields: tuple[str, ...] = ()
    pipeline: "Pipeline | None" = None


@dataclass(frozen=True, slots=True)
class Command:
    """Operands side by side: a value, or a function or method with its arguments.

    Attributes:
        operands: At least one.
    """

    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands, each of which gets the value of the one before as its last argument.

    Attributes:
        offset: Where it begins in the text.
        commands: At least one.
        variables: The variables that it sets; of ``range`` up to two.
        declares: Whether it declares them (``:=``).
    """

    offset: int
    commands: tuple[Command, ...]
    variables: tuple[str, ...] = ()
    declares: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Text outside of braces.

    Attributes:
        text: The text.
        offset: Where it begins.
    """

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Action:
    """A pipeline whose value is printed, unless it sets a variable.

    Attributes:
        pipeline: The pipeline.
        end: Where the closing braces end.
    """

    pipeline: Pipeline
    end: int


class BranchKind(StrEnum):
    """The keyword of a branch."""

    IF = "if"
    WITH = "with"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Branch:
    """``if``, ``with`` or ``range``.

    Attributes:
        kind: Which of them.
        pipeline: What decides.
        body: The nodes if it is not empty.
        otherwise: The nodes after ``else``.
    """

    kind: BranchKind
    pipeline: Pipeline
    body: "Nodes"
    otherwise: "Nodes" = ()


@dataclass(frozen=True, slots=True)
class TemplateCall:
    """``template`` or ``block``.

    Attributes:
        name: The template's name.
        offset: Where the call begins.
        pipeline: What the template gets as its dot; None if nothing.
    """

    name: str
    offset: int
    pipeline: Pipeline | None


Node = Text | Action | Branch | TemplateCall
Nodes = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed text.

    Attributes:
        nodes: Its nodes.
        defined: The templates that it defines, by name.
    """

    nodes: Nodes
    defined: dict[str, Nodes]
