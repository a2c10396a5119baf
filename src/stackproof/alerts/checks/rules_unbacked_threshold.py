"""rules/unbacked-threshold: an alert on latency or errors, at a limit that no promise speaks of."""

import math
import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import alerts
from stackproof.alerts.promql.tree import RATES, Comparison, bare, calls, conditions, metrics, number
from stackproof.model import Objective, Sli

# Factors of https://sre.google/workbook/alerting-on-slos/ for windows of 30 days, those of Sloth, and the whole budget.
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
            backed, what = _backed(condition, monitoring.objectives)
            if what and not any(math.isclose(condition.bound, each, rel_tol=1e-6) for each in backed):
                yield Spot(expression.where, _message(rule.name, condition, what, monitoring.objectives))


def _backed(condition: Comparison, objectives: tuple[Objective, ...]) -> tuple[list[float], str]:
    """The limits that promises speak of, and what of; nothing where the condition is about neither."""
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
    """True for a share of what was counted: one rate, of the same metric or of failures, through another."""
    node = bare(node)
    if not isinstance(node, pp.BinaryExpr):
        return False
    if str(node.op) == "*" and (number(node.lhs) is not None or number(node.rhs) is not None):
        return _is_ratio(node.rhs if number(node.lhs) is not None else node.lhs)
    both = all(any(True for _ in calls(side, RATES)) for side in (node.lhs, node.rhs))
    counted = metrics(node.lhs)
    share = counted <= metrics(node.rhs) or all(_FAILURES.search(name) for name in counted)
    return str(node.op) == "/" and both and share


def _message(name: str, condition: Comparison, what: str, objectives: tuple[Objective, ...]) -> str:
    if what == "latency":
        known = sorted({f"{each.threshold_s:g} s" for each in objectives if each.threshold_s})
    else:
        known = sorted({f"{each.target * 100:g} %" for each in objectives if each.sli is not Sli.LATENCY})
    promised = ", ".join(known) or "nothing"
    return f"{name} compares {what} with {condition.bound:g}, but what is promised of it is {promised}"


CHECK = Check(
    id="rules/unbacked-threshold",
    severity=Severity.WARNING,
    why="An alert at a limit that nobody promised calls people while all is as promised, or lets a promise be broken "
    "unseen.",
    fix="take the limit of a promise (for errors also times a burn rate), or promise this one in the SLO files",
    look=_look,
)
