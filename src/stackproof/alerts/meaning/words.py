"""Says in words why a comparison is always or never true."""

import math

import promql_parser as pp

from stackproof.alerts.meaning.facts import Meaning, Remark, RemarkKind
from stackproof.alerts.meaning.operators import MIRRORED
from stackproof.alerts.meaning.shares import self_quotient
from stackproof.alerts.meaning.thresholds import metrics_of
from stackproof.alerts.promql.syntax_tree import COMPARISONS, number

_UNIX_TIME_S = 1e8  # what is larger can only be a Unix time, or is far from an age

_QUANTILES = frozenset({"quantile", "quantile_over_time", "histogram_quantile"})


def compared_value(comparison: Meaning) -> Meaning:
    """The side of a comparison that bounds it: the left one, unless that is a number."""
    left, right = comparison.inputs
    return right if isinstance(left.node, pp.NumberLiteral) else left


def reason(comparison: Meaning, remark: Remark) -> str:
    """Why a comparison is always or never true: "count gives at least 1, which is never < 1"."""
    value = compared_value(comparison)
    left, right = comparison.inputs
    op = str(comparison.node.op) if isinstance(comparison.node, pp.BinaryExpr) else ""
    limit, op = (left, MIRRORED.get(op, op)) if value is right else (right, op)
    word = "always" if remark.kind is RemarkKind.ALWAYS_TRUE else "never"
    bounds, most = value.facts.bounds, limit.facts.bounds
    constant = number(limit.node)
    if constant is not None and math.isnan(constant):
        return f"a comparison with NaN is {word} true; x != x finds NaN"
    if _uses(value, "time") and bounds and most and bounds.low > _UNIX_TIME_S > most.high:
        return f"time() is a Unix time in seconds, far above {most}"
    said = limit.node if _uses(limit, "time") else most
    return f"{value_in_words(value)}, which is {word} {op} {said}"


def value_in_words(value: Meaning) -> str:
    """What a value is and which bounds it has: "count gives at least 1"."""
    node, bounds = value.node, value.facts.bounds
    if _uses(value, "timestamp") or _uses(value, "time"):
        return _time_in_words(value)
    if isinstance(node, pp.AggregateExpr | pp.Call):
        return _called(value)
    if isinstance(node, pp.BinaryExpr):
        return _calculated(value, node)
    named = ", ".join(sorted(metrics_of(value))) if isinstance(node, pp.VectorSelector) else ""
    return f"{named or 'the value'} is {bounds}"


def _time_in_words(value: Meaning) -> str:
    node, bounds = value.node, value.facts.bounds
    if isinstance(node, pp.Call) and node.func.name == "timestamp":
        if isinstance(value.inputs[0].node, pp.VectorSelector):
            return "timestamp() of a sample is at most as old as the look-back (5m unless told otherwise)"
        return "timestamp() of a calculated value is the time of the evaluation"
    if _uses(value, "timestamp"):
        return f"no sample is older than the look-back (5m unless told otherwise), so the value is {bounds}"
    return f"time() is a Unix time in seconds, so the value is {bounds}"


def _called(value: Meaning) -> str:
    node, bounds = value.node, value.facts.bounds
    name = node.func.name if isinstance(node, pp.Call) else str(getattr(node, "op", ""))
    if name in _QUANTILES and bounds is not None and bounds.low == bounds.high and math.isinf(bounds.low):
        return f"{name} gives {bounds}, because its quantile is not between 0 and 1"
    if name == "sum" and str(bounds) == "0":
        return "a sum of series that were filtered to 0 is always 0"
    inner = _filter(value)
    if inner is not None and name not in {"count", "group"}:
        return f"{name} of series that were filtered to {inner.facts.bounds} gives {bounds}"
    return f"{name} gives {bounds}"


def _filter(value: Meaning) -> Meaning | None:
    """The comparison that an aggregation aggregates."""
    inner = value.inputs[-1] if value.inputs else None
    if inner is None or not isinstance(inner.node, pp.BinaryExpr) or str(inner.node.op) not in COMPARISONS:
        return None
    return inner


def _calculated(value: Meaning, node: pp.BinaryExpr) -> str:
    bounds, op = value.facts.bounds, str(node.op)
    if str(bounds) == "0":
        cause = next((each for each in value.inputs if str(each.facts.bounds) == "0"), None)
        if cause is not None and not isinstance(cause.node, pp.NumberLiteral):
            return f"{value_in_words(cause)}, so the value is 0"
    quotient = itself(value)
    if quotient is not None:
        named = ", ".join(sorted(metrics_of(quotient)))
        return f"each series of {named} is divided by itself, so the value is {bounds}"
    if op == "/" and _same_metric(value):
        return f"a part of {' '.join(sorted(metrics_of(value)))} divided by all of it is {bounds}"
    if op in COMPARISONS:
        return f"the value was filtered to {bounds}"
    return f"the value is {bounds}"


def itself(value: Meaning) -> Meaning | None:
    """A quotient of each series by itself, below factors; None if it is not one."""
    while isinstance(value.node, pp.BinaryExpr):
        left, right = value.inputs
        matching = value.node.modifier and value.node.modifier.matching
        if str(value.node.op) == "/" and matching is None and self_quotient(left.node, right.node) is not None:
            return value
        if str(value.node.op) not in {"*", "/"} or None not in (number(left.node), number(right.node)):
            return None
        value = right if number(left.node) is not None else left
    return None


def _same_metric(value: Meaning) -> bool:
    left, right = value.inputs
    return bool(metrics_of(left)) and metrics_of(left) == metrics_of(right)


def _uses(value: Meaning, function: str) -> bool:
    return any(isinstance(each.node, pp.Call) and each.node.func.name == function for each in value.walk())
