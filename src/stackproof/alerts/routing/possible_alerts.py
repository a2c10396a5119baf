"""What is known about an alert's labels before it fires."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from stackproof.alerts.check import Monitoring
from stackproof.alerts.label_matching import matches
from stackproof.alerts.meaning.labels import ANY, LabelSet
from stackproof.alerts.meaning.readings import alert_readings
from stackproof.alerts.promql.expressions import rules
from stackproof.model.monitoring import LabelMatcher, Route, Rule, RuleKind

ALERTNAME = "alertname"
SEVERITY = "severity"
_SET_BY_RULES = frozenset({SEVERITY, "alert", "alert_name", "alertName", "AlertName", "Alertname"})
"""The others are often confused with alertname; no series has them."""
_SET_BY_SCRAPES = frozenset({"job", "instance"})
_ADDED_BY_PROMETHEUS = frozenset(
    {"cluster", "prometheus", "prometheus_replica", "replica", "region", "zone", "datacenter", "dc", "env"}
    | {"environment", "stage", "site", "tenant", "monitor", "project", "account"}
)
"""How people call the labels that a Prometheus adds to all of its alerts, which no rule shows."""


@dataclass(frozen=True, slots=True)
class PossibleAlert:
    """An alert that a rule can fire.

    Attributes:
        rule: The rule.
        series: Labels that the result of its expression can have, whatever is scraped.
        sure: Labels that the result has if scraped series have ``job`` and ``instance``.
        rule_labels: Labels that some rule sets. A series is assumed not to have them unless its expression shows it.
        external: Labels that Prometheus adds to all alerts; None if its configuration was not given.
    """

    rule: Rule
    series: LabelSet
    sure: frozenset[str]
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
            known = self.series.known_values(name) or ()
            return next(iter(known)) if len(known) == 1 else None
        if self.external is not None:
            return self.external.get(name, "")
        return "" if name in self.rule_labels else None

    def can_have(self, name: str) -> bool:
        """False if it never has the label."""
        return self.value(name) != ""

    def surely_lacks(self, name: str) -> bool:
        """Whether the rule shows that it never has the label, whatever the scraped series are."""
        return name != ALERTNAME and name not in self.rule.labels and not self.series.can_have(name)

    def probably_lacks(self, name: str) -> bool:
        """Whether the rule shows that it never has the label, unless its Prometheus adds it."""
        if not self.surely_lacks(name):
            return False
        return name not in _ADDED_BY_PROMETHEUS if self.external is None else name not in self.external

    def always_has(self, name: str) -> bool:
        """Whether it certainly has the label."""
        return bool(self.value(name)) if name in self.rule.labels else name in self.sure

    def _set_by_rules_only(self, name: str) -> bool:
        """No exporter sets a severity: only rules do, unless an expression names it."""
        return name in _SET_BY_RULES and self.series.only is None and name not in self.rule.expr


@lru_cache(maxsize=2)
def possible_alerts(monitoring: Monitoring) -> tuple[PossibleAlert, ...]:
    """Every alert of the rule files; none without Alertmanager's configuration, because nothing handles them."""
    if monitoring.routing is None:
        return ()
    alerts = tuple(rules(monitoring, RuleKind.ALERT))
    rule_labels = frozenset({*_SET_BY_RULES, *_SET_BY_SCRAPES, *(name for rule in alerts for name in rule.labels)})
    external = dict(monitoring.scraping.external_labels) if monitoring.scraping else None
    read = {id(rule): reading for rule, reading in alert_readings(monitoring)}
    found = []
    for rule in alerts:
        reading = read.get(id(rule))
        series = ANY if reading is None else reading.certain.facts.labels
        sure = frozenset[str]() if reading is None else reading.likely.facts.labels.sure
        found.append(PossibleAlert(rule, series, sure, rule_labels, external))
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
