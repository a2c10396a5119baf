"""rules/missing-for: an alert on a fluctuating value that fires on the first sample."""

import re
from collections.abc import Iterator, Mapping

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import Expression, alerts, rules
from stackproof.alerts.promql.metric_names import is_time_by_name
from stackproof.alerts.promql.syntax_tree import (
    NumberComparison,
    Visit,
    aggregates,
    arguments,
    bare,
    calls,
    comparison,
    conditions,
    metric,
    metrics,
    number,
    parsed,
    selectors,
    walk,
)
from stackproof.model.monitoring import Rule, RuleKind

_SHORT_S = 300.0
# The name of a recorded metric contains its window: https://prometheus.io/docs/practices/rules/#naming
_LONG_WINDOW = re.compile(r".*:.*?(([1-9]\d|[6-9])m|\d+[hdw])")
_FLUCTUATING = frozenset({"rate", "irate", "deriv"})
_SINGLE_SCRAPE: Mapping[str, str] = {"up": "one failed scrape fires it", "probe_success": "one failed probe fires it"}
_SLOW_FUNCTIONS = frozenset({"time", "timestamp", "predict_linear"})
# What moves in one direction or is set by somebody, so that it does not cross a limit and return.
_STEADY = re.compile(
    r"(.*_)?(ttl|expir(y|es|ation|ing)|lifetime|age|uptime|since|days|not_after|valid_until|remaining"
    r"|total|restarts?|restart_count|info|enabled|disabled|config|configured|desired|expected|spec|limit|limits|version"
    r"|generation|mtu|quota|disk|disks|filesystem|storage|space|volume|snapshot|backup|license|schema"
    r"|ALERTS|FOR_STATE)(_.*)?"
)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    long = frozenset(rule.name for rule in rules(monitoring, RuleKind.RECORD) if _is_long(rule))
    for rule, expression in alerts(monitoring):
        if "for" in rule.lines or rule.for_s > 0 or rule.keep_firing_for_s > 0:
            continue  # `for: 0m` shows that it is intended
        reason = _reason(expression, long)
        if reason:
            yield Spot(rule.where, f"{rule.name} has no for: {reason}")


def _is_long(rule: Rule) -> bool:
    """Whether a recorded value covers a longer time."""
    tree = parsed(rule.expr)
    nodes = [visit.node for visit in walk(tree)] if tree else []
    return any(isinstance(each, pp.MatrixSelector) and each.range.total_seconds() > _SHORT_S for each in nodes)


def _reason(expression: Expression, long: frozenset[str]) -> str | None:
    """Why the expression may be true only briefly; None if it covers a longer time itself."""
    visits = list(walk(expression.tree))
    if any(_is_absent(visit) for visit in visits):
        return "absent() is true when a scrape fails, or until the first scrape after a restart of Prometheus"
    ranges_s = [_range_s(visit) for visit in visits if isinstance(visit.node, pp.MatrixSelector)]
    short = [seconds for seconds in ranges_s if seconds]
    if short and len(short) == len(ranges_s) and len(set(short)) == 1:
        counts_any = all(each.op == ">" and each.bound == 0 for each in conditions(expression.tree))
        of_times = all(is_time_by_name(name) for name in metrics(expression.tree))
        return (
            None
            if counts_any or of_times
            else f"a short burst or pause moves a rate over {short[0]:g} s across the limit"
        )
    if ranges_s or any(_covers_longer(visit.node) for visit in visits):
        return None
    names = metrics(expression.tree)
    if any(name in long or _LONG_WINDOW.fullmatch(name) for name in names):
        return None
    return _failed_check(visits) or ("a single sample across the limit fires it" if _is_level(expression) else None)


def _is_absent(visit: Visit) -> bool:
    """Whether it is ``absent()`` that decides alone: other conditions beside it may need longer."""
    decides = all(isinstance(each, pp.ParenExpr) or str(getattr(each, "op", "")) == "or" for each in visit.parents)
    return isinstance(visit.node, pp.Call) and visit.node.func.name == "absent" and decides


def _covers_longer(node: pp.Expr) -> bool:
    """Whether it compares with the past."""
    return isinstance(node, pp.SubqueryExpr) or (isinstance(node, pp.VectorSelector) and node.offset is not None)


def _range_s(visit: Visit) -> float:
    """Seconds of a short range in a function that follows every burst; 0 for any other range."""
    assert isinstance(visit.node, pp.MatrixSelector)  # noqa: S101 - for the types: the caller passes no other
    around = visit.parents[0] if visit.parents else None
    fluctuates = isinstance(around, pp.Call) and around.func.name in _FLUCTUATING
    range_s = visit.node.range.total_seconds()
    return range_s if fluctuates and range_s <= _SHORT_S else 0.0


def _failed_check(visits: list[Visit]) -> str | None:
    """Why one sample of ``up`` or of another result of a check decides."""
    for compared in filter(None, (comparison(visit.node) for visit in visits)):
        fails = compared.op in {"<", "<="} or (compared.op == "==" and compared.bound == 0)
        if not fails and not (compared.op == "!=" and compared.bound == 1):
            continue
        if aggregates(compared.value, "count", "group", "count_values"):
            continue  # they count what is scraped, not what is up
        names = sorted(metrics(compared.value))
        if names and all(name in _SINGLE_SCRAPE or name.endswith("_up") for name in names):
            return _SINGLE_SCRAPE.get(names[0], f"one sample of {names[0]} fires it")
    return None


def _is_level(expression: Expression) -> bool:
    """Whether it compares a measured level, not a state such as 0 or 1, nor an age (``time() - x``)."""
    if any(True for _ in calls(expression.tree, _SLOW_FUNCTIONS)):
        return False
    return any(_compares_level(each) for each in conditions(expression.tree))


def _compares_level(condition: NumberComparison) -> bool:
    if (
        condition.op not in {"<", "<=", ">", ">="}
        or condition.bound in {0.0, 1.0}
        or number(condition.value) is not None
    ):
        return False
    if aggregates(_relabelled(condition.value), "count", "group", "count_values"):
        return False  # so many series exist
    names = [metric(each) or "" for each in selectors(condition.value)]
    return bool(names) and not all(_STEADY.fullmatch(name) or is_time_by_name(name) for name in names)


def _relabelled(node: pp.Expr) -> pp.Expr:
    """The value whose labels a function changes."""
    node = bare(node)
    while isinstance(node, pp.Call) and node.func.name in {"label_replace", "label_join"}:
        node = bare(arguments(node)[0])
    return node


CHECK = Check(
    id="rules/missing-for",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="One unusual sample pages somebody, and the alert is gone before they look. Soon nobody looks any more.",
    fix="add for: 5m, or the time that may pass before someone must act; for: 0m if none is intended",
    look=_look,
)
