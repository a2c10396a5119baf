"""Limits of 0 and below for values that cannot be negative, by what their names say."""

import re

import promql_parser as pp

from stackproof.alerts.meaning.facts import Meaning
from stackproof.alerts.meaning.thresholds import Threshold

# Values that may be below zero, by what their names say.
_SIGNED = re.compile(
    r"temp|celsius|celcius|fahrenheit|degrees|offset|diff|delta|drift|skew|balance|latitude|longitude|dbm|_db$|decibel"
    r"|trend|slope|change|remaining|margin|net_|adjust|correct|lag|delay|score|gain|profit|deviation|anomal|forecast"
    r"|predict|bias|until|expir|position|altitude|elevation|charge|freq|estimate|nice|level|ppm|phase|angle|code|value"
    r"|rssi|signal|snr|noise|pressure|velocity|acceler|growth|ttl|left|days|deadline|grace|current|power|amp|utc|zone",
    re.IGNORECASE,
)
# Operators, functions and aggregations of values that are not negative, whose results are not negative.
_NOT_NEGATIVE = frozenset(
    {
        *("or", "+", "*", "/", "vector", "scalar"),
        *(
            "sum",
            "min",
            "max",
            "avg",
            "quantile",
            "topk",
            "bottomk",
            "rate",
            "irate",
            "increase",
            "abs",
            "ceil",
            "floor",
        ),
        *("round", "sort", "sort_desc", "label_replace", "label_join", "clamp_min", "clamp_max", "histogram_quantile"),
        *("avg_over_time", "min_over_time", "max_over_time", "sum_over_time", "last_over_time", "quantile_over_time"),
    }
)


def always_reached(threshold: Threshold, signed: frozenset[str]) -> bool:
    """Whether a comparison such as ``>= 0`` is true for each value of metrics that count or measure something.

    Args:
        threshold: The comparison.
        signed: Metrics that can be negative although their names do not say so.
    """
    reached = (threshold.op == ">=" and threshold.limit <= 0) or (threshold.op == ">" and threshold.limit < 0)
    names = threshold.metrics
    if not reached or not names or names & signed or not _keeps_sign(threshold.value):
        return False
    return not any(_SIGNED.search(name) or ":" in name for name in names)


def asks_for_negative(threshold: Threshold) -> bool:
    """Whether a comparison asks for a value below zero, such as the -1 that often stands for unknown."""
    if threshold.limit == 0:
        return threshold.op == "<"
    return threshold.limit < 0 and threshold.op in {"==", "!=", "<", "<="}


def _keeps_sign(value: Meaning) -> bool:
    for each in value.walk():
        node = each.node
        if isinstance(node, pp.UnaryExpr) or (isinstance(node, pp.NumberLiteral) and node.val < 0):
            return False
        name = node.func.name if isinstance(node, pp.Call) else str(getattr(node, "op", ""))
        if name and name not in _NOT_NEGATIVE:
            return False
    return True
