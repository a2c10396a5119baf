"""What can be said of an alert's labels before it fires."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stackproof.alerts.check import Monitoring
from stackproof.alerts.promql.labels import ANY, Labels, labels_of, recorded_labels
from stackproof.alerts.promql.tree import parsed
from stackproof.alerts.routing.delivery import matches
from stackproof.model.alerting import LabelMatcher, Route, Rule, RuleKind

ALERTNAME = "alertname"
SEVERITY = "severity"
_OF_RULES = frozenset({SEVERITY, "alert"})  # the second is taken for alertname, and never there
_OF_TARGETS = frozenset({"job", "instance"})


@dataclass(frozen=True, slots=True)
class Sketch:
    """An alert of a rule file.

    Attributes:
        rule: Its rule.
        series: Labels that the result of its expression can have.
        by_rules: Labels that some rule sets, and that no series is thought to have unless it must.
        outside: Labels that Prometheus adds to all alerts; None where its configuration was not given.
    """

    rule: Rule
    series: Labels
    by_rules: frozenset[str]
    outside: dict[str, str] | None

    def value(self, name: str) -> str | None:
        """The label's value in every such alert, ``""`` where it is never there; None where that cannot be told."""
        if name == ALERTNAME:
            return self.rule.name
        if name in self.rule.labels:
            value = self.rule.labels[name]
            return None if "{{" in value else value
        if self.series.can_have(name) and not self._only_by_rules(name):
            return None
        if self.outside is not None:
            return self.outside.get(name, "")
        return "" if name in self.by_rules else None

    def can_have(self, name: str) -> bool:
        """False where it never has the label."""
        return self.value(name) != ""

    def always_has(self, name: str) -> bool:
        """True where it has the label for certain: Prometheus gives ``job`` and ``instance`` to all that it scrapes.

        An expression that takes series as they are scraped keeps them; a recorded metric (with ``:``) may lack them.
        """
        if name in self.rule.labels:
            return bool(self.value(name))
        as_scraped = self.series == ANY and not re.search(r":(?=\w)|absent|label_|vector|group_", self.rule.expr)
        return name in _OF_TARGETS and as_scraped

    def _only_by_rules(self, name: str) -> bool:
        """Nothing exports a severity: only rules set it, unless an expression names it."""
        return name in _OF_RULES and self.series.only is None and name not in self.rule.expr


def sketches(monitoring: Monitoring) -> tuple[Sketch, ...]:
    """Every alert of the rule files."""
    recorded = recorded_labels(monitoring.groups)
    alerts = [rule for group in monitoring.groups for rule in group.rules if rule.kind is RuleKind.ALERT]
    by_rules = frozenset({*_OF_RULES, *_OF_TARGETS, *(name for rule in alerts for name in rule.labels)})
    outside = dict(monitoring.scraping.external_labels) if monitoring.scraping else None
    found = []
    for rule in alerts:
        tree = parsed(rule.expr)
        series = ANY if tree is None else labels_of(tree, recorded)
        found.append(Sketch(rule, series, by_rules, outside))
    return tuple(found)


def holds(matcher: LabelMatcher, alert: Sketch) -> bool | None:
    """Whether a matcher holds for an alert; None where that cannot be told."""
    value = alert.value(matcher.name)
    return None if value is None else matches(matcher, {matcher.name: value})


def all_hold(matchers: Iterable[LabelMatcher], alert: Sketch) -> bool | None:
    """Whether all matchers hold; None where that cannot be told."""
    said = [holds(matcher, alert) for matcher in matchers]
    if False in said:
        return False
    return None if None in said else True


def routes_of(route: Route, alert: Sketch) -> tuple[Route, ...] | None:
    """The routes of this part of the tree that take an alert; None where that cannot be told."""
    here = all_hold(route.matchers, alert)
    if not here:
        return None if here is None else ()
    found: list[Route] = []
    for child in route.routes:
        below = routes_of(child, alert)
        if below is None:
            return None
        found.extend(below)
        if below and not child.goes_on:
            break
    return tuple(found) or (route,)
