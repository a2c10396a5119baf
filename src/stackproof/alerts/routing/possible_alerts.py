"""What is known about an alert's labels before it fires."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stackproof.alerts.check import Monitoring
from stackproof.alerts.label_matching import matches
from stackproof.alerts.promql.result_labels import ANY, LabelSet, labels_of, recorded_labels
from stackproof.alerts.promql.syntax_tree import parsed
from stackproof.model.monitoring import LabelMatcher, Route, Rule, RuleKind

ALERTNAME = "alertname"
SEVERITY = "severity"
_SET_BY_RULES = frozenset({SEVERITY, "alert"})  # "alert" is often confused with alertname; no series has it
_SET_BY_SCRAPES = frozenset({"job", "instance"})


@dataclass(frozen=True, slots=True)
class PossibleAlert:
    """An alert that a rule can fire.

    Attributes:
        rule: The rule.
        series: Labels that the result of its expression can have.
        rule_labels: Labels that some rule sets. A series is assumed not to have them unless its expression shows it.
        external: Labels that Prometheus adds to all alerts; None if its configuration was not given.
    """

    rule: Rule
    series: LabelSet
    rule_labels: frozenset[str]
    external: dict[str, str] | None

    def value(self, name: str) -> str | None:
        """The label's value in every such alert, ``""`` if it is always absent; None if that is unknown."""
        if name == ALERTNAME:
            return self.rule.name
        if name in self.rule.labels:
            value = self.rule.labels[name]
            return None if "{{" in value else value
        if self.series.can_have(name) and not self._set_by_rules_only(name):
            return None
        if self.external is not None:
            return self.external.get(name, "")
        return "" if name in self.rule_labels else None

    def can_have(self, name: str) -> bool:
        """False if it never has the label."""
        return self.value(name) != ""

    def surely_lacks(self, name: str) -> bool:
        """Whether the rule shows that it never has the label, whatever the scraped series are."""
        return name != ALERTNAME and name not in self.rule.labels and not self.series.can_have(name)

    def always_has(self, name: str) -> bool:
        """Whether it certainly has the label. Prometheus adds ``job`` and ``instance`` to every scraped series.

        An expression that uses scraped series unchanged keeps them; a recorded metric (with ``:``) may lack them.
        """
        if name in self.rule.labels:
            return bool(self.value(name))
        as_scraped = self.series == ANY and not re.search(r":(?=\w)|absent|label_|vector|group_", self.rule.expr)
        return name in _SET_BY_SCRAPES and as_scraped

    def _set_by_rules_only(self, name: str) -> bool:
        """No exporter sets a severity: only rules do, unless an expression names it."""
        return name in _SET_BY_RULES and self.series.only is None and name not in self.rule.expr


def possible_alerts(monitoring: Monitoring) -> tuple[PossibleAlert, ...]:
    """Every alert of the rule files."""
    recorded = recorded_labels(monitoring.groups)
    alerts = [rule for group in monitoring.groups for rule in group.rules if rule.kind is RuleKind.ALERT]
    rule_labels = frozenset({*_SET_BY_RULES, *_SET_BY_SCRAPES, *(name for rule in alerts for name in rule.labels)})
    external = dict(monitoring.scraping.external_labels) if monitoring.scraping else None
    found = []
    for rule in alerts:
        tree = parsed(rule.expr)
        series = ANY if tree is None else labels_of(tree, recorded)
        found.append(PossibleAlert(rule, series, rule_labels, external))
    return tuple(found)


def matches_alert(matcher: LabelMatcher, alert: PossibleAlert) -> bool | None:
    """Whether a matcher matches an alert; None if that is unknown."""
    value = alert.value(matcher.name)
    return None if value is None else matches(matcher, {matcher.name: value})


def all_match_alert(matchers: Iterable[LabelMatcher], alert: PossibleAlert) -> bool | None:
    """Whether all matchers match an alert; None if that is unknown."""
    results = [matches_alert(matcher, alert) for matcher in matchers]
    if False in results:
        return False
    return None if None in results else True


def routes_of(route: Route, alert: PossibleAlert) -> tuple[Route, ...] | None:
    """The routes of this part of the tree that handle an alert; None if that is unknown."""
    here = all_match_alert(route.matchers, alert)
    if not here:
        return None if here is None else ()
    found: list[Route] = []
    for child in route.routes:
        below = routes_of(child, alert)
        if below is None:
            return None
        found.extend(below)
        if below and not child.continues:
            break
    return tuple(found) or (route,)
