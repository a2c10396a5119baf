"""promql/rate-after-sum: a rate of a sum of counters, which cannot detect the restart of one of them."""

from collections.abc import Iterator, Mapping
from enum import Enum

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.promql.metric_names import metric_types
from stackproof.alerts.promql.syntax_tree import (
    RATES,
    aggregates,
    arguments,
    bare,
    calls,
    metric,
    metrics,
    parsed,
    walk,
)
from stackproof.model import Location
from stackproof.model.monitoring import MetricType, RuleKind


class _Counted(Enum):
    """Whether series are counters."""

    YES = 1
    UNKNOWN = 2
    NO = 3


_SUMS = ("sum", "avg")  # a maximum over replicas that count the same events restarts with all of them
_COUNTER_SUFFIXES = ("_total", "_count", "_sum", "_bucket")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    recorded = {rule.name: rule for rule in rules(monitoring, RuleKind.RECORD)}
    types = metric_types(monitoring)
    for reading in readings(monitoring):
        for call in calls(reading.expression.tree, RATES):
            samples = bare(arguments(call)[0])
            if isinstance(samples, pp.SubqueryExpr):
                aggregation, what, where = _summed(samples.expr), "", reading.at(call)
            elif isinstance(samples, pp.MatrixSelector) and (
                rule := recorded.get(metric(samples.vector_selector) or "")
            ):
                tree = parsed(rule.expr)
                aggregation = _summed(tree) if tree else None
                place = f"recorded in {rule.where.file.name}:{rule.where.line}"
                what, where = f"{rule.name} ({place}), ", reading.at(samples.vector_selector)
            else:
                continue
            counters = _are_counters(aggregation, types) if aggregation else _Counted.NO
            if aggregation and counters is not _Counted.NO:
                yield _spot(where, f"{call.func.name} of {what}a {aggregation.op} of ", counters)


def _spot(where: Location, begins: str, counters: _Counted) -> Spot:
    if counters is _Counted.YES:
        return Spot(where, f"{begins}counters, hides the restart of one of them")
    message = f"{begins}series, hides the restart of one of them if they are counters"
    return Spot(where, message, "", Severity.WARNING, Confidence.LIKELY)


def _are_counters(aggregation: pp.AggregateExpr, types: Mapping[str, MetricType]) -> _Counted:
    """Whether an aggregation is one of counters, by what their exporters declare or by the end of their names."""
    names = metrics(aggregation.expr)
    declared = {types[name] for name in names if name in types}
    if MetricType.GAUGE in declared:
        return _Counted.NO
    by_name = all(name.endswith(_COUNTER_SUFFIXES) for name in names - types.keys())
    return _Counted.YES if names and by_name and MetricType.UNTYPED not in declared else _Counted.UNKNOWN


def _summed(node: pp.Expr) -> pp.AggregateExpr | None:
    """The aggregation, if the node is nothing but an aggregation of plain selectors."""
    node = bare(node)
    if not isinstance(node, pp.AggregateExpr) or not aggregates(node, *_SUMS):
        return None
    inner = [visit.node for visit in walk(node.expr)]
    plain = all(isinstance(each, pp.VectorSelector | pp.ParenExpr | pp.AggregateExpr) for each in inner)
    return node if plain else None


CHECK = Check(
    id="promql/rate-after-sum",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="When one instance restarts, its counter drops and so does the sum. rate takes that for a restart of all and "
    "shows a spike as high as everything ever counted.",
    fix="apply the rate first and sum afterwards: sum(rate(NAME[5m]))",
    look=_look,
)
