"""promql/comparison-drops-labels: a route requires a label that the expression selects by and then drops."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.label_matching import matches
from stackproof.alerts.promql.expressions import Expression, alerts
from stackproof.alerts.promql.result_labels import labels_of, recorded_labels
from stackproof.alerts.promql.syntax_tree import matchers, selectors
from stackproof.model.monitoring import LabelMatcher, MatchOp, Route, Rule


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    recorded = recorded_labels(monitoring.groups)
    external = monitoring.scraping.external_labels if monitoring.scraping else {}
    required = tuple(_required(monitoring.routing.route))
    for rule, expression in alerts(monitoring):
        given = {**external, **rule.labels, "alertname": rule.name}
        labels = labels_of(expression.tree, recorded)
        for matcher, route in _first_of_each(required):
            if matcher.name not in given and not labels.can_have(matcher.name):
                yield from _examined(expression, rule, matcher, route)


def _required(route: Route) -> Iterator[tuple[LabelMatcher, Route]]:
    """Every matcher that an alert without the label cannot satisfy."""
    for matcher in route.matchers:
        if matcher.op in {MatchOp.EQUAL, MatchOp.REGEX} and not matches(matcher, {}):
            yield matcher, route
    for child in route.routes:
        yield from _required(child)


def _first_of_each(
    required: tuple[tuple[LabelMatcher, Route], ...],
) -> Iterator[tuple[LabelMatcher, Route]]:
    first: dict[str, tuple[LabelMatcher, Route]] = {}
    for matcher, route in required:
        first.setdefault(str(matcher), (matcher, route))
    yield from first.values()


def _examined(expression: Expression, rule: Rule, matcher: LabelMatcher, route: Route) -> Iterator[Spot]:
    """The expression selects the very value that the route requires, so the alert is meant for that route."""
    for selector in selectors(expression.tree):
        for selected in matchers(selector):
            fixed = selected.name == matcher.name and selected.op is MatchOp.EQUAL
            if fixed and matches(matcher, {selected.name: selected.value}):
                place = f"{route.where.file.name}:{route.at('matchers').line}"
                yield Spot(
                    expression.at(selected.name),
                    f"{rule.name} selects {selected} and a route ({place}) requires {matcher}, but the result of the "
                    f"expression has no label {matcher.name}",
                    f"keep it, as in by ({matcher.name}) or group_left ({matcher.name}), or set it as a label of the "
                    f"rule: {matcher.name}: {selected.value}",
                )
                return


CHECK = Check(
    id="promql/comparison-drops-labels",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES, Needs.ALERTMANAGER),
    why="Aggregations and comparisons between series keep only some labels. The alert never reaches the route that is "
    "meant for it, and goes to the default receiver.",
    fix="keep the label through the expression, or set it in the rule",
    look=_look,
)
