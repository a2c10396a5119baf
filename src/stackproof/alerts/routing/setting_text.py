"""What a short template of a receiver's setting gives for an alert: the severity or priority that a vendor gets.

Only a part of Go's templates is followed: texts, labels, ``if`` with ``eq``, ``ne``, ``not``, ``and`` and ``or``, and
``range`` over the alerts. For everything else, and for labels whose value is unknown, the result is unknown.

Source: https://prometheus.io/docs/alerting/latest/notifications/.
"""

from collections.abc import Callable
from dataclasses import dataclass

from stackproof.alerts.templates.nodes import (
    Action,
    Branch,
    BranchKind,
    Command,
    Nodes,
    Operand,
    OperandKind,
    Pipeline,
    Text,
)
from stackproof.alerts.templates.parser import TemplateSyntaxError, parse_template

_LABELS = frozenset({"CommonLabels", "GroupLabels", "Labels"})
_RANGES = frozenset({("Alerts",), ("Alerts", "Firing")})
_CHANGES = frozenset({"toUpper", "toLower", "title"})
_MAX_LENGTH = 2000

Values = Callable[[str], str | None]
"""Gives the value of a label, "" if it is absent; None if it is unknown."""


class UnknownTextError(ValueError):
    """The text is not understood, or depends on what is not known."""


def setting_text(template: str, labels: Values, alerts: int = 1) -> str:
    """The text for a notification of some alerts that fire and all have the same labels.

    Args:
        template: The setting.
        labels: The labels.
        alerts: How many alerts the notification has.

    Raises:
        UnknownTextError: It cannot be told.
    """
    if "{{" not in template:
        return template
    if len(template) > _MAX_LENGTH:
        raise UnknownTextError
    try:
        parsed = parse_template(template)
    except TemplateSyntaxError:
        raise UnknownTextError from None
    return _Expansion(labels, alerts).text(parsed.nodes)


@dataclass(frozen=True, slots=True)
class _Expansion:
    """The expansion for one set of labels; conditions and comparisons are texts, "" for false."""

    labels: Values
    alerts: int

    def text(self, nodes: Nodes) -> str:
        """The text of nodes."""
        parts = []
        for node in nodes:
            if isinstance(node, Text):
                parts.append(node.text)
            elif isinstance(node, Action) and not node.pipeline.variables:
                parts.append(self._value(node.pipeline))
            elif isinstance(node, Branch) and not node.pipeline.variables:
                parts.append(self._branch(node))
            else:
                raise UnknownTextError
        return "".join(parts)

    def _branch(self, node: Branch) -> str:
        if node.kind is BranchKind.IF:
            return self.text(node.body if self._value(node.pipeline) else node.otherwise)
        operand = _only(node.pipeline)
        if node.kind is BranchKind.RANGE and operand and operand.fields in _RANGES and operand.kind in _OF_THE_TOP:
            return self.text(node.body) * self.alerts
        raise UnknownTextError

    def _value(self, pipeline: Pipeline) -> str:
        first, *others = pipeline.commands
        value = self._command(first)
        for command in others:
            name = command.operands[0]
            if len(command.operands) > 1 or name.kind is not OperandKind.FUNCTION or name.text not in _CHANGES:
                raise UnknownTextError
            value = _FUNCTIONS[name.text]([value])
        return value

    def _command(self, command: Command) -> str:
        head, *arguments = command.operands
        if head.kind is not OperandKind.FUNCTION:
            if arguments:
                raise UnknownTextError
            return self._operand(head)
        values = [self._operand(argument) for argument in arguments]
        if not values or head.text not in _FUNCTIONS:
            raise UnknownTextError
        return _FUNCTIONS[head.text](values)

    def _operand(self, operand: Operand) -> str:
        if operand.kind is OperandKind.TEXT and not operand.fields:
            return operand.text
        if operand.kind is OperandKind.PIPELINE and operand.pipeline is not None:
            return self._of_pipeline(operand.pipeline, operand.fields)
        if operand.kind not in _OF_THE_TOP or operand.text not in {"", "$"}:
            raise UnknownTextError
        return "firing" if operand.fields == ("Status",) else self._label(operand.fields)

    def _of_pipeline(self, pipeline: Pipeline, fields: tuple[str, ...]) -> str:
        """A pipeline in parentheses, or a field of the first alert: ``(index .Alerts 0).Labels.x``."""
        if not fields:
            return self._value(pipeline)
        words = pipeline.commands[0].operands
        is_first = [word.text for word in words[::2]] == ["index", "0"] and len(pipeline.commands) == 1
        if is_first and words[1].fields in _RANGES and fields[0] == "Labels":
            return self._label(fields)
        raise UnknownTextError

    def _label(self, fields: tuple[str, ...]) -> str:
        match fields:
            case (labels, name) if labels in _LABELS:
                value = self.labels(name)
            case _:
                value = None
        if value is None:
            raise UnknownTextError
        return value


def _only(pipeline: Pipeline) -> Operand | None:
    """The operand of a pipeline that has only one."""
    operands = [operand for command in pipeline.commands for operand in command.operands]
    return operands[0] if len(operands) == 1 else None


def _compared(values: list[str], *, equal: bool) -> str:
    if len(values) < 2:  # noqa: PLR2004 - a comparison has two sides
        raise UnknownTextError
    return "true" if (values[0] in values[1:]) is equal else ""


_OF_THE_TOP = frozenset({OperandKind.FIELD, OperandKind.VARIABLE})
_FUNCTIONS: dict[str, Callable[[list[str]], str]] = {
    "eq": lambda values: _compared(values, equal=True),
    "ne": lambda values: _compared(values, equal=False),
    "not": lambda values: "" if values[0] else "true",
    # Go's and, or give one of their operands.
    "and": lambda values: next((value for value in values if not value), values[-1]),
    "or": lambda values: next((value for value in values if value), values[-1]),
    "toUpper": lambda values: values[-1].upper(),
    "toLower": lambda values: values[-1].lower(),
    "title": lambda values: values[-1].title(),
}
