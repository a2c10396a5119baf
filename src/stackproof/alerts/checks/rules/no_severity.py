"""rules/no-severity: an alert without the severity label that other alerts or routes use."""

from collections.abc import Iterator
from difflib import get_close_matches

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.promql.syntax_tree import parsed, selectors
from stackproof.model.monitoring import Route, Rule, RuleKind

_LABEL = "severity"


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    alerts = list(rules(monitoring, RuleKind.ALERT))
    lacking = [rule for rule in alerts if not rule.labels.get(_LABEL)]
    by_route = monitoring.routing is not None and _routes_by_severity(monitoring.routing.route)
    most = len(lacking) * 2 < len(alerts)
    if not (most or by_route):
        return
    reason = "routes match on it" if by_route else f"{len(alerts) - len(lacking)} of {len(alerts)} alerts have one"
    for rule in lacking:
        if not _is_always_firing(rule) and not _may_give_severity(rule):
            like = get_close_matches(_LABEL, rule.labels, n=1, cutoff=0.8)
            fix = f"rename the label {like[0]} to {_LABEL}" if like else ""
            has = f" (it has the label {like[0]})" if like else ""
            yield Spot(rule.where, f"{rule.name} has no severity label{has}, but {reason}", fix)


def _routes_by_severity(route: Route) -> bool:
    here = any(matcher.name == _LABEL for matcher in route.matchers)
    return here or any(_routes_by_severity(child) for child in route.routes)


def _is_always_firing(rule: Rule) -> bool:
    """A dead man's switch is routed separately."""
    tree = parsed(rule.expr)
    return tree is None or not list(selectors(tree))


def _may_give_severity(rule: Rule) -> bool:
    """Whether the expression names the label, and so may provide it."""
    return _LABEL in rule.expr


CHECK = Check(
    id="rules/no-severity",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="Routes, inhibitions and people rely on the severity: without it the alert goes to the default receiver, and "
    "nobody knows how urgent it is.",
    fix="add labels: {severity: critical} or another value in use",
    look=_look,
    helped_by=(Needs.ALERTMANAGER,),
)
