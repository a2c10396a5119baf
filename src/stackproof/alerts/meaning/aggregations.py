"""What aggregations give.

Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#aggregation-operators.
"""

from collections.abc import Iterable, Mapping

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, point
from stackproof.alerts.meaning.facts import NEVER, Facts, Part, ValueKind, absolute, depending
from stackproof.alerts.meaning.functions import quantile_bounds
from stackproof.alerts.meaning.labels import NONE, LabelSet
from stackproof.alerts.meaning.unit import THINGS, Unit
from stackproof.alerts.promql.syntax_tree import number

_KEEP_ALL = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_KEEPS_NOW = frozenset({"avg", "min", "max"})


def aggregated(node: pp.AggregateExpr, given: Facts, *, customs: bool) -> Facts:
    """What an aggregation gives.

    Args:
        node: The aggregation.
        given: The facts about what is aggregated.
        customs: Whether every series has the labels that it is grouped by.
    """
    op = str(node.op)
    if given.never:
        return NEVER
    if op in _KEEP_ALL:
        return _taken(op, node.param, given)
    now = {part.now for part in given.parts}
    keeps_now = op in _KEEPS_NOW and len(now) == 1
    bounds = _hull(part.bounds if keeps_now else absolute(part) for part in given.parts)
    part = Part(
        _grouped(node, given, customs=customs),
        _bounds(op, bounds, None if node.param is None else number(node.param)),
        given.presence,
        _unit_of_aggregation(op, given),
        now.pop() if keeps_now else 0.0,
        str(node),
    )
    return Facts(ValueKind.VECTOR, (part,), given.presence)


def _grouped(node: pp.AggregateExpr, given: Facts, *, customs: bool) -> LabelSet:
    labels = given.labels
    if node.modifier is None:
        found = NONE
    elif node.modifier.type == pp.AggModifierType.By:
        found = labels.limited(node.modifier.labels)
        if customs and found.only:  # nobody groups by a label that series lack
            of_all = {name for name in found.only if all(part.labels.can_have(name) for part in given.parts)}
            found = found.with_sure(name for name in of_all if "" not in found.values.get(name, ()))
    else:
        found = labels.lacking((*node.modifier.labels, "__name__"))
    if str(node.op) == "count_values" and isinstance(node.param, pp.StringLiteral):
        value = node.param.val
        is_free = node.modifier is None or value not in node.modifier.labels
        return found.having([value]).with_sure([value] if is_free else [])
    return found


def _taken(op: str, param: Expr | None, given: Facts) -> Facts:
    """Some of the series: none of them if their number is below 1."""
    taken = None if param is None else number(param)
    if taken is None or op == "limit_ratio":
        return depending(given)
    return given if taken >= 1 else NEVER


def _hull(bounds: Iterable[Bounds]) -> Bounds:
    first, *others = bounds
    for each in others:
        first = first.hull(each)
    return first


_OF_OWN: Mapping[str, Bounds] = {
    "count": Bounds(1.0),
    "count_values": Bounds(1.0),
    "group": point(1.0),
    "stddev": Bounds(0.0, nan=True),
    "stdvar": ANY_VALUE,  # one that overflows may be -Inf
}
"""Aggregations whose results have bounds of their own, whatever they are given."""


def _bounds(op: str, bounds: Bounds, param: float | None) -> Bounds:
    """The bounds of an aggregation (https://prometheus.io/docs/prometheus/latest/querying/operators/)."""
    if op == "sum":
        return bounds.summed()
    if op == "avg":
        return bounds.averaged()
    if op == "quantile":
        return quantile_bounds(bounds, param)
    return bounds if op in {"min", "max"} else _OF_OWN.get(op, ANY_VALUE)


def _unit_of_aggregation(op: str, given: Facts) -> Unit | None:
    if op in {"count", "count_values"}:
        return THINGS
    return given.unit if op in {"sum", "avg", "min", "max", "quantile", "stddev"} else None
