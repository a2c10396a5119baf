"""Says in words why a value has its bounds."""

import promql_parser as pp

from stackproof.alerts.meaning.facts import Meaning
from stackproof.alerts.meaning.thresholds import metrics_of


def value_in_words(value: Meaning) -> str:
    """What a value is and which bounds it has: "count gives at least 1"."""
    node, bounds = value.node, value.facts.bounds
    if _uses_time(value):
        return f"time() is a Unix time in seconds, so the value is {bounds}"
    if isinstance(node, pp.AggregateExpr) and str(node.op) == "sum" and str(bounds) == "0":
        return "a sum of series that were filtered to 0 is always 0"
    if isinstance(node, pp.AggregateExpr | pp.Call):
        name = node.func.name if isinstance(node, pp.Call) else str(node.op)
        return f"{name} gives {bounds}"
    if isinstance(node, pp.BinaryExpr) and str(node.op) == "/" and bounds is not None and bounds.high <= 1:
        return f"this quotient is {bounds}"
    if isinstance(node, pp.VectorSelector):
        return f"{' '.join(metrics_of(value)) or 'the selected value'} is {bounds}"
    return f"the value is {bounds}"


def _uses_time(value: Meaning) -> bool:
    return any(isinstance(each.node, pp.Call) and each.node.func.name == "time" for each in value.walk())
