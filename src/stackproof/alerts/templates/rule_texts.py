"""The texts of rules: their templates, what is wrong in them, and what they show."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from stackproof.alerts.templates.expansion import Expansion, Language, Problem, Read
from stackproof.alerts.templates.nodes import Action, Branch, Command, Nodes, Operand, OperandKind, Parsed, Text
from stackproof.alerts.templates.parser import TemplateSyntaxError, parse_template
from stackproof.alerts.templates.types import OF_RULES, RULE_ALERT, RULE_VARIABLES
from stackproof.model import Location
from stackproof.model.monitoring import Rule

_CONTEXT = 12  # characters around a value that say what it is taken for


@dataclass(frozen=True, slots=True)
class RuleText:
    """A label or an annotation of a rule.

    Attributes:
        part: Its path in the rule, such as ``annotations.summary``.
        text: The text.
        where: Its line.
    """

    part: str
    text: str
    where: Location

    @property
    def parsed(self) -> Parsed | None:
        """Its syntax tree; None if Go rejects it."""
        return _read(self.text)[0]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in it."""
        return _read(self.text)[1]

    @property
    def reads(self) -> tuple[Read, ...]:
        """The labels that it reads."""
        return _read(self.text)[2]


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A place at which a text shows the value of the alert.

    Attributes:
        part: The path of the text in the rule.
        where: The line of the text.
        functions: The functions that the value goes through, in order.
        before: What is written before it.
        after: What is written after it.
    """

    part: str
    where: Location
    functions: tuple[str, ...]
    before: str
    after: str


def rule_texts(rule: Rule) -> Iterator[RuleText]:
    """Every label and annotation of an alerting rule: all of them are templates."""
    for group, listed in (("labels", rule.labels), ("annotations", rule.annotations)):
        for name, text in listed.items():
            part = f"{group}.{name}"
            yield RuleText(part, text, rule.at(part))


def shown_values(rule: Rule) -> tuple[ShownValue, ...]:
    """Every place at which a rule's texts show its value."""
    found: list[ShownValue] = []
    for text in rule_texts(rule):
        parsed = text.parsed if "{{" in text.text else None
        for before, functions, after in _shown(parsed.nodes) if parsed else ():
            found.append(ShownValue(text.part, text.where, functions, before, after))
    return tuple(found)


def _shown(nodes: Nodes) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """What stands before and after each shown value, and its functions."""
    for index, node in enumerate(nodes):
        if isinstance(node, Branch):
            yield from _shown(node.body)
            yield from _shown(node.otherwise)
        elif isinstance(node, Action) and not node.pipeline.variables:
            functions = _functions(node.pipeline.commands)
            if functions is not None:
                before = _text(nodes[index - 1]) if index else ""
                after = _text(nodes[index + 1]) if index + 1 < len(nodes) else ""
                yield before[-_CONTEXT:], functions, after[:_CONTEXT]


def _text(node: object) -> str:
    return node.text if isinstance(node, Text) else ""


def _functions(commands: tuple[Command, ...]) -> tuple[str, ...] | None:
    """The functions that the value goes through in a pipeline; None if it does not begin with the value."""
    found: list[str] = []
    first = commands[0].operands
    if _is_value(first[0]) and len(first) == 1:
        pass
    elif first[0].kind is OperandKind.FUNCTION and any(map(_is_value, first[1:])):
        found.append(first[0].text)
    else:
        inner = next((each.pipeline for each in first if each.pipeline is not None), None)
        nested = _functions(inner.commands) if inner else None
        if nested is None:
            return None
        found += nested
        found += [first[0].text] if first[0].kind is OperandKind.FUNCTION else []
    found += (each.operands[0].text for each in commands[1:] if each.operands[0].kind is OperandKind.FUNCTION)
    return tuple(found)


def _is_value(operand: Operand) -> bool:
    if operand.kind is OperandKind.VARIABLE:
        return (operand.text == "$value" and not operand.fields) or (
            operand.text == "$" and operand.fields == ("Value",)
        )
    return operand.kind is OperandKind.FIELD and operand.fields == ("Value",)


@lru_cache(maxsize=16384)
def _read(text: str) -> tuple[Parsed | None, tuple[Problem, ...], tuple[Read, ...]]:
    """The syntax tree of a text, what is wrong in it, and what it reads."""
    if "{{" not in text:
        return Parsed((Text(text, 0),), {}), (), ()
    try:
        parsed = parse_template(text)
    except TemplateSyntaxError as error:
        return None, (Problem(error.message, error.offset),), ()
    expansion = Expansion(Language(RULE_ALERT, OF_RULES, RULE_VARIABLES, parsed.defined))
    expansion.expand(parsed.nodes)
    return parsed, tuple(expansion.problems), tuple(expansion.reads)
