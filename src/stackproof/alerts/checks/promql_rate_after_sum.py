"""promql/rate-after-sum: a rate of a sum of counters, which sees no restart of the single one."""

from collections.abc import Iterator, Mapping

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import Expression, expressions, rules
from stackproof.alerts.promql.tree import RATES, aggregates, arguments, bare, calls, metric, parsed, walk
from stackproof.model.alerting import Rule, RuleKind

_SUMS = ("sum", "avg")  # a maximum of twins that count the same sees the restart of both


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    recorded = {rule.name: rule for rule in rules(monitoring, RuleKind.RECORD)}
    for expression in expressions(monitoring):
        for call in calls(expression.tree, RATES):
            samples = bare(arguments(call)[0])
            if isinstance(samples, pp.SubqueryExpr) and (summed := _summed(samples.expr)):
                message = f"{call.func.name} of a {summed} of counters: a restart of one of them is not seen"
                yield Spot(expression.at(call.func.name), message)
            elif isinstance(samples, pp.MatrixSelector):
                yield from _of_recorded(call, samples.vector_selector, expression, recorded)


def _of_recorded(
    call: pp.Call, selector: pp.VectorSelector, expression: Expression, recorded: Mapping[str, Rule]
) -> Iterator[Spot]:
    rule = recorded.get(metric(selector) or "")
    tree = parsed(rule.expr) if rule else None
    if rule and tree and (summed := _summed(tree)):
        place = f"recorded in {rule.where.file.name}:{rule.where.line}"
        message = f"{call.func.name} of {rule.name}, a {summed} of counters ({place}): a restart of one is not seen"
        yield Spot(expression.at(rule.name), message)


def _summed(node: pp.Expr) -> str | None:
    """The aggregation of counters that is all there is, if that is so: nothing else changes what it gives."""
    node = bare(node)
    if not isinstance(node, pp.AggregateExpr) or not aggregates(node, *_SUMS):
        return None
    inner = [visit.node for visit in walk(node.expr)]
    plain = all(isinstance(each, pp.VectorSelector | pp.ParenExpr | pp.AggregateExpr) for each in inner)
    return str(node.op) if plain else None


CHECK = Check(
    id="promql/rate-after-sum",
    severity=Severity.ERROR,
    why="When one instance restarts, its counter falls and so does the sum: rate takes that for a restart of them all "
    "and gives a spike as high as all that was ever counted.",
    fix="take the rate first and sum it then: sum(rate(NAME[5m]))",
    look=_look,
)
