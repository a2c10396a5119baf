"""What calls of functions give.

Source: https://prometheus.io/docs/prometheus/latest/querying/functions/.
"""

from collections import defaultdict
from dataclasses import replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, point
from stackproof.alerts.meaning.facts import (
    NEVER,
    Facts,
    Meaning,
    Part,
    Presence,
    ValueKind,
    absolute,
    depending,
    scalar,
)
from stackproof.alerts.meaning.functions import FIXED, OVER_TIME, SAME, bounds_after, quantile_bounds, unit_after
from stackproof.alerts.meaning.labels import ANY, NONE, LabelSet
from stackproof.alerts.meaning.series import Assumptions, rate_bounds
from stackproof.alerts.meaning.unit import UNIX_TIME, Unit, unit_of_name
from stackproof.alerts.promql.syntax_tree import RATES, arguments, matchers, metric, number
from stackproof.model.monitoring import MatchOp

_LOOKBACK_S = 300.0  # https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness
_ABSENT = frozenset({"absent", "absent_over_time"})
_RANGED_RATES = frozenset({"rate", "irate"})


def called(node: pp.Call, inputs: tuple[Meaning, ...], assumed: Assumptions) -> Facts:
    """What a function gives.

    Args:
        node: The call.
        inputs: Its arguments.
        assumed: What may be taken for granted.
    """
    name, given = node.func.name, arguments(node)
    vectors = [each for each in inputs if each.facts.kind in {ValueKind.VECTOR, ValueKind.RANGE}]
    if name == "time":
        facts = Facts(ValueKind.SCALAR, (_time(),), Presence.SURE)
    elif name == "vector":
        (part,) = inputs[0].facts.parts
        facts = Facts(ValueKind.VECTOR, (replace(part, origin=""),), Presence.SURE)
    elif name == "scalar":
        bounds = inputs[0].facts.bounds
        facts = scalar(ANY_VALUE if bounds is None else replace(bounds, nan=True))
    elif name in _ABSENT:
        facts = _absent(inputs[0])
    elif not vectors:
        facts = _without_vector(node)
    else:
        numbers = tuple(number(each) for each in given)
        parts = tuple(_after(node, part, vectors[0], assumed) for part in vectors[0].facts.parts)
        facts = _left_by(name, numbers, Facts(ValueKind.VECTOR, parts, vectors[0].facts.presence))
    return facts


def _after(node: pp.Call, part: Part, vector: Meaning, assumed: Assumptions) -> Part:
    """A part of a vector after a function."""
    name, numbers = node.func.name, tuple(number(each) for each in arguments(node))
    found = replace(part, labels=_labels_after(node, part.labels), origin=str(node))
    if name in SAME:
        return found
    unit = unit_after(name, part.unit)
    if name == "timestamp":
        return replace(found, unit=unit, now=1.0, bounds=_age(vector.node, assumed))
    if name == "histogram_quantile":
        return replace(found, unit=_unit_of_buckets(vector), now=0.0, bounds=quantile_bounds(ANY_VALUE, numbers[0]))
    if name in OVER_TIME or not part.now:
        bounds = bounds_after(name, part.bounds, numbers)
        now = part.now
    else:
        bounds, now = bounds_after(name, absolute(part), numbers), 0.0
    if name in OVER_TIME and part.now:
        bounds, now = ANY_VALUE, 0.0
    if name in RATES and isinstance(vector.node, pp.SubqueryExpr):  # a counter is finite, a calculated value may not be
        bounds = replace(bounds, nan=bounds.nan or part.bounds.has_infinity())
    limit = rate_bounds(_only_metric(vector.node), assumed) if name in _RANGED_RATES else None
    return replace(found, unit=unit, now=now, bounds=(limit and bounds.overlap(limit)) or bounds)


def _age(node: Expr, assumed: Assumptions) -> Bounds:
    """The timestamps of samples, as seconds after the evaluation."""
    if not isinstance(node, pp.VectorSelector):
        return point(0.0)
    if node.offset is not None or node.at is not None:
        return ANY_VALUE
    return Bounds(-_LOOKBACK_S, 0.0) if assumed.customs else Bounds(-float("inf"), 0.0)


def _absent(vector: Meaning) -> Facts:
    node = vector.node
    labels = NONE
    if isinstance(node, pp.MatrixSelector):
        node = node.vector_selector
    if isinstance(node, pp.VectorSelector):
        labels = _absent_labels(node)
    if vector.facts.presence is Presence.SURE:
        return NEVER
    presence = Presence.SURE if vector.facts.never else Presence.DEPENDS
    return Facts(ValueKind.VECTOR, (Part(labels, point(1.0), presence),), presence)


def _without_vector(node: pp.Call) -> Facts:
    """A function that is given no vector: ``pi()``, or ``hour()`` of the evaluation's time."""
    if node.func.return_type == pp.ValueType.Scalar:
        return scalar(bounds_after(node.func.name, ANY_VALUE, ()))
    bounds = FIXED.get(node.func.name, ANY_VALUE)
    origin = str(node) if node.func.name in FIXED else ""
    return Facts(ValueKind.VECTOR, (Part(NONE, bounds, Presence.SURE, origin=origin),), Presence.SURE)


def _left_by(function: str, numbers: tuple[float | None, ...], given: Facts) -> Facts:
    """What is left of a function's result: no clamped value if the limits are the wrong way round, buckets by label."""
    if function == "histogram_quantile" and given.presence is Presence.SURE:
        return depending(given)
    if function != "clamp":
        return given
    _, low, high = numbers
    if low is None or high is None:
        return depending(given)
    return NEVER if high < low else given


def _time() -> Part:
    return Part(NONE, point(0.0), Presence.SURE, UNIX_TIME, now=1.0)


def _labels_after(node: pp.Call, labels: LabelSet) -> LabelSet:
    name, given = node.func.name, arguments(node)
    if name == "info":
        return ANY
    if name == "histogram_quantile":
        return labels.lacking(["le"])
    if name in {"label_replace", "label_join"} and isinstance(given[1], pp.StringLiteral):
        return labels.having([given[1].val])
    return labels


def _absent_labels(node: pp.VectorSelector) -> LabelSet:
    """The labels that the selector fixes by ``=``.

    It may or may not have one that several matchers name: that depends on the order in which the storage leaves them.
    Source: `createLabelsForAbsentFunction` of https://github.com/prometheus/prometheus/blob/main/promql/functions.go.
    """
    if node.matchers.or_matchers:
        return ANY
    named: dict[str, list[str]] = defaultdict(list)
    for each in matchers(node):
        named[each.name].append(each.value if each.op is MatchOp.EQUAL else "")
    labels = NONE
    for name, values in named.items():
        labels = labels.with_values(name, values if len(values) == 1 else ["", *values])
    return labels


def _only_metric(node: Expr) -> str | None:
    return metric(node.vector_selector) if isinstance(node, pp.MatrixSelector) else None


def _unit_of_buckets(vector: Meaning) -> Unit | None:
    """The unit of what a histogram measures: of the name without ``_bucket``."""
    names = {metric(each.node) for each in vector.walk() if isinstance(each.node, pp.VectorSelector)}
    name = names.pop() if len(names) == 1 else None
    return unit_of_name(name.removesuffix("_bucket")) if name else None
