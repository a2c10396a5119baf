"""promql/comparison-drops-labels: a route requires a label that the expression selects by and then drops."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.label_matching import matches
from stackproof.alerts.meaning.labels import ANY
from stackproof.alerts.meaning.readings import alert_readings
from stackproof.alerts.promql.expressions import Expression
from stackproof.alerts.promql.syntax_tree import matchers, selectors
from stackproof.alerts.routing.implication import values_of
from stackproof.alerts.routing.route_nodes import nodes
from stackproof.model.monitoring import LabelMatcher, MatchOp, Route, Routing, Rule

_MAX_PATTERNS = 100  # for one label; each is tried on each selected value


@dataclass(slots=True)
class _Required:
    """What routes require of one label, each matcher once with its first route.

    Attributes:
        values: By the value, for matchers that accept listed values only.
        patterns: The other matchers.
    """

    values: dict[str, dict[LabelMatcher, Route]] = field(default_factory=dict)
    patterns: dict[LabelMatcher, Route] = field(default_factory=dict)

    def met_by(self, value: str) -> Iterator[tuple[LabelMatcher, Route]]:
        """The matchers that accept a value, with their routes."""
        yield from self.values.get(value, {}).items()
        for matcher, route in islice(self.patterns.items(), _MAX_PATTERNS):
            if matches(matcher, {matcher.name: value}):
                yield matcher, route


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    external = monitoring.scraping.external_labels if monitoring.scraping else {}
    required = _required(monitoring.routing)
    for rule, reading in alert_readings(monitoring):
        expression, facts = reading.expression, reading.certain.facts
        given = {**external, **rule.labels, "alertname": rule.name}
        labels = ANY if facts.never else facts.labels
        found: set[LabelMatcher] = set()
        for selected in (each for selector in selectors(expression.tree) for each in matchers(selector)):
            name = selected.name
            if name in required and name not in given and selected.op is MatchOp.EQUAL and not labels.can_have(name):
                for matcher, route in required[name].met_by(selected.value):
                    if matcher not in found:
                        found.add(matcher)
                        yield _spot(expression, rule, selected, matcher, route)


def _required(routing: Routing) -> dict[str, _Required]:
    """Every matcher that an alert without the label cannot satisfy, by label."""
    found: dict[str, _Required] = {}
    for node in nodes(routing):
        for matcher in node.route.matchers:
            if matcher.op not in {MatchOp.EQUAL, MatchOp.REGEX} or matches(matcher, {}):
                continue
            of_label = found.setdefault(matcher.name, _Required())
            values = values_of(matcher)
            if values is None:
                of_label.patterns.setdefault(matcher, node.route)
            for value in values or ():
                of_label.values.setdefault(value, {}).setdefault(matcher, node.route)
    return found


def _spot(expression: Expression, rule: Rule, selected: LabelMatcher, matcher: LabelMatcher, route: Route) -> Spot:
    """The expression selects the very value that the route requires, so the alert is meant for that route."""
    place = f"{route.where.file.name}:{route.at('matchers').line}"
    return Spot(
        expression.at(selected.name),
        f"{rule.name} selects {selected} and a route ({place}) requires {matcher}, but the result of the "
        f"expression has no label {matcher.name}",
        f"keep it, as in by ({matcher.name}) or group_left ({matcher.name}), or set it as a label of the "
        f"rule: {matcher.name}: {selected.value}",
    )


CHECK = Check(
    id="promql/comparison-drops-labels",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES, Needs.ALERTMANAGER),
    why="Aggregations and comparisons between series keep only some labels. The alert never reaches the route that is "
    "meant for it, and goes to the default receiver.",
    fix="keep the label through the expression, or set it in the rule",
    look=_look,
    helped_by=(Needs.PROMETHEUS,),
)
