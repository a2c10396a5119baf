"""rules/unbacked-threshold: an alert on latency or errors at a limit that no objective has."""

import math
import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import alerts
from stackproof.alerts.promql.syntax_tree import RATES, NumberComparison, bare, calls, conditions, metrics, number
from stackproof.model import Objective, Sli

# Burn rates of https://sre.google/workbook/alerting-on-slos/ for 30 days, those of Sloth, and the whole budget.
_BURN_FACTORS = (1.0, 2.0, 3.0, 6.0, 10.0, 13.44, 14.4, 5.6, 2.8)
_LATENCY = re.compile(r".*(latency|duration|response_time).*")
_FAILURES = re.compile(r"error|fail|exception|reject")
_SECONDS_OR_MILLISECONDS = (1.0, 1000.0)
_SHARE_OR_PERCENT = (1.0, 100.0)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.objectives is None:
        return
    for rule, expression in alerts(monitoring):
        for condition in conditions(expression.tree):
            limits, measure = _promised_limits(condition, monitoring.objectives)
            if measure and not any(math.isclose(condition.bound, each, rel_tol=1e-6) for each in limits):
                yield Spot(expression.where, _message(rule.name, condition, measure, monitoring.objectives))


def _promised_limits(condition: NumberComparison, objectives: tuple[Objective, ...]) -> tuple[list[float], str]:
    """The limits that objectives promise, and what they measure; "" if the condition measures neither."""
    if condition.op in {">", ">="} and _is_latency(condition.value):
        known = [each.threshold_s for each in objectives if each.sli is Sli.LATENCY and each.threshold_s]
        return [limit * unit for limit in known for unit in _SECONDS_OR_MILLISECONDS], "latency"
    targets = [each.target for each in objectives if each.sli is not Sli.LATENCY]
    if condition.op in {">", ">="} and _is_ratio(condition.value):
        return [(1 - t) * f * unit for t in targets for f in _BURN_FACTORS for unit in _SHARE_OR_PERCENT], "errors"
    if condition.op in {"<", "<="} and _is_ratio(condition.value):
        return [target * unit for target in targets for unit in _SHARE_OR_PERCENT], "success"
    return [], ""


def _is_latency(node: pp.Expr) -> bool:
    quantiles = any(True for _ in calls(node, frozenset({"histogram_quantile"})))
    return quantiles and any(_LATENCY.fullmatch(name) for name in metrics(node))


def _is_ratio(node: pp.Expr) -> bool:
    """Whether it is a ratio of two rates: of one metric, or of failures to something else."""
    node = bare(node)
    if not isinstance(node, pp.BinaryExpr):
        return False
    if str(node.op) == "*" and (number(node.lhs) is not None or number(node.rhs) is not None):
        return _is_ratio(node.rhs if number(node.lhs) is not None else node.lhs)
    both = all(any(True for _ in calls(side, RATES)) for side in (node.lhs, node.rhs))
    counted = metrics(node.lhs)
    share = counted <= metrics(node.rhs) or all(_FAILURES.search(name) for name in counted)
    return str(node.op) == "/" and both and share


def _message(name: str, condition: NumberComparison, measure: str, objectives: tuple[Objective, ...]) -> str:
    if measure == "latency":
        known = sorted({f"{each.threshold_s:g} s" for each in objectives if each.threshold_s})
    else:
        known = sorted({f"{each.target * 100:g} %" for each in objectives if each.sli is not Sli.LATENCY})
    promised = ", ".join(known) or "nothing"
    return f"{name} compares {measure} with {condition.bound:g}, but the objectives promise {promised}"


CHECK = Check(
    id="rules/unbacked-threshold",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES, Needs.SLO),
    why="An alert at another limit than the objective's pages people while the objective is met, or misses that it is "
    "not.",
    fix="use the limit of an objective (for errors also times a burn rate), or add this one to the SLO files",
    look=_look,
)
