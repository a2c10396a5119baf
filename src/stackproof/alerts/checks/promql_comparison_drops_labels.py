"""promql/comparison-drops-labels: a route wants a label that the expression had and let go."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import Expression, alerts
from stackproof.alerts.promql.labels import labels_of, recorded_labels
from stackproof.alerts.promql.tree import matchers, selectors
from stackproof.alerts.routing.delivery import matches
from stackproof.model.alerting import LabelMatcher, MatchOp, Route, Rule


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    recorded = recorded_labels(monitoring.groups)
    outside = monitoring.scraping.external_labels if monitoring.scraping else {}
    wanted = tuple(_wanted(monitoring.routing.route))
    for rule, expression in alerts(monitoring):
        given = {**outside, **rule.labels, "alertname": rule.name}
        labels = labels_of(expression.tree, recorded)
        for matcher, route in _first_of_each(wanted):
            if matcher.name not in given and not labels.can_have(matcher.name):
                yield from _judged(expression, rule, matcher, route)


def _wanted(route: Route) -> Iterator[tuple[LabelMatcher, Route]]:
    """Every matcher that an alert without the label cannot meet."""
    for matcher in route.matchers:
        if matcher.op in {MatchOp.EQUAL, MatchOp.REGEX} and not matches(matcher, {}):
            yield matcher, route
    for child in route.routes:
        yield from _wanted(child)


def _first_of_each(
    wanted: tuple[tuple[LabelMatcher, Route], ...],
) -> Iterator[tuple[LabelMatcher, Route]]:
    first: dict[str, tuple[LabelMatcher, Route]] = {}
    for matcher, route in wanted:
        first.setdefault(str(matcher), (matcher, route))
    yield from first.values()


def _judged(expression: Expression, rule: Rule, matcher: LabelMatcher, route: Route) -> Iterator[Spot]:
    """The expression asks for the very value that the route wants: it is plainly meant for it."""
    for selector in selectors(expression.tree):
        for asked in matchers(selector):
            pinned = asked.name == matcher.name and asked.op is MatchOp.EQUAL
            if pinned and matches(matcher, {asked.name: asked.value}):
                place = f"{route.where.file.name}:{route.at('matchers').line}"
                yield Spot(
                    expression.at(asked.name),
                    f"{rule.name} is about {asked}, and a route ({place}) wants {matcher}, but the result of the "
                    f"expression has no label {matcher.name}",
                    f"keep it, as in by ({matcher.name}) or group_left ({matcher.name}), or set it as a label of the "
                    f"rule: {matcher.name}: {asked.value}",
                )
                return


CHECK = Check(
    id="promql/comparison-drops-labels",
    severity=Severity.ERROR,
    why="Aggregations and comparisons between series keep only some labels. The route for this alert is never "
    "taken: it goes to whoever gets the rest.",
    fix="keep the label through the expression, or set it in the rule",
    look=_look,
)
