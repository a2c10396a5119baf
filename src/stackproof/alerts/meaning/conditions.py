"""The parts of an expression that decide whether it has a result: its conditions."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.meaning.facts import Meaning, Presence
from stackproof.alerts.meaning.operators import returns_bool
from stackproof.alerts.meaning.thresholds import Threshold, threshold_of
from stackproof.alerts.promql.syntax_tree import COMPARISONS, SET_OPERATORS

_LOWER = frozenset({">", ">="})
_UPPER = frozenset({"<", "<="})


def is_operator(meaning: Meaning, operators: frozenset[str]) -> bool:
    """Whether a node is one of these operators."""
    return isinstance(meaning.node, pp.BinaryExpr) and str(meaning.node.op) in operators


def is_comparison(meaning: Meaning) -> bool:
    """Whether a node compares, with or without ``bool``."""
    return is_operator(meaning, COMPARISONS)


def has_condition(meaning: Meaning) -> bool:
    """Whether a side of an ``or`` is a condition: a comparison, a set operator with one, or ``absent()``."""
    if is_operator(meaning, frozenset({"or"})):
        return all(has_condition(side) for side in meaning.inputs)
    return is_comparison(meaning) or is_operator(meaning, SET_OPERATORS) or _is_absent(meaning)


def _is_absent(meaning: Meaning) -> bool:
    return isinstance(meaning.node, pp.Call) and meaning.node.func.name.startswith("absent")


def conditions(meaning: Meaning) -> Iterator[Meaning]:
    """The expression, or the sides of the set operators that it consists of."""
    if is_operator(meaning, SET_OPERATORS):
        for side in meaning.inputs:
            yield from conditions(side)
    else:
        yield meaning


def is_bool(meaning: Meaning) -> bool:
    """Whether a node is a comparison that gives 0 or 1, and may give 0."""
    if not isinstance(meaning.node, pp.BinaryExpr) or not returns_bool(meaning.node):
        return False
    bounds = meaning.facts.bounds
    return bounds is None or bounds.low == 0


def only_guards(comparison: Meaning, value: Meaning) -> bool:
    """Whether an always true comparison asks whether series exist: ``count(x) > 0``, which a count always is."""
    bounds = value.facts.bounds
    limit = threshold_of(comparison)
    if bounds is None or limit is None or bounds.low <= 0:
        return False
    least = {">": 0.0, "!=": 0.0, ">=": 1.0, "==": 1.0}.get(limit.op)
    return least is not None and limit.limit == least


def covering(meaning: Meaning) -> tuple[Threshold, Threshold] | None:
    """Two sides of an ``or`` of which every value satisfies one: ``x < 5 or x > 3``."""
    if not is_operator(meaning, frozenset({"or"})):
        return None
    sides = [threshold_of(side) for side in meaning.inputs]
    if None in sides:
        return None
    first, second = (each for each in sides if each is not None)
    if first.value.facts.presence is Presence.DEPENDS or str(first.value.node) != str(second.value.node):
        return None
    if first.op == second.op == "!=":
        return (first, second) if first.limit != second.limit else None
    low, high = (first, second) if first.op in _LOWER else (second, first)
    if low.op not in _LOWER or high.op not in _UPPER:
        return None
    touches = low.limit == high.limit and "=" in low.op + high.op
    return (first, second) if low.limit < high.limit or touches else None
