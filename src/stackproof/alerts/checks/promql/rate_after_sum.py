"""promql/rate-after-sum: a rate of a sum of counters, which cannot detect the restart of one of them."""

from collections.abc import Iterator, Mapping

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import Expression, expressions, rules
from stackproof.alerts.promql.syntax_tree import RATES, aggregates, arguments, bare, calls, metric, parsed, walk
from stackproof.model.monitoring import Rule, RuleKind

_SUMS = ("sum", "avg")  # a maximum over replicas that count the same events restarts with all of them


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    recorded = {rule.name: rule for rule in rules(monitoring, RuleKind.RECORD)}
    for expression in expressions(monitoring):
        for call in calls(expression.tree, RATES):
            samples = bare(arguments(call)[0])
            if isinstance(samples, pp.SubqueryExpr) and (summed := _summed(samples.expr)):
                message = f"{call.func.name} of a {summed} of counters hides the restart of one of them"
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
        message = f"{call.func.name} of {rule.name}, a {summed} of counters ({place}), hides the restart of one"
        yield Spot(expression.at(rule.name), message)


def _summed(node: pp.Expr) -> str | None:
    """The aggregation, if the node is nothing but an aggregation of plain selectors."""
    node = bare(node)
    if not isinstance(node, pp.AggregateExpr) or not aggregates(node, *_SUMS):
        return None
    inner = [visit.node for visit in walk(node.expr)]
    plain = all(isinstance(each, pp.VectorSelector | pp.ParenExpr | pp.AggregateExpr) for each in inner)
    return str(node.op) if plain else None


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
