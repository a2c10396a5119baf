"""inhibition/always-applies: one alert anywhere mutes alerts everywhere."""

from collections.abc import Iterator, Sequence

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.implication import accepts_everything, are_same
from stackproof.alerts.routing.possible_alerts import possible_alerts
from stackproof.alerts.routing.route_nodes import shown
from stackproof.model.monitoring import Inhibition, LabelMatcher

# Labels that say how bad an alert is, not what or where it is.
_RANKS = frozenset({"severity", "priority", "level", "urgency", "criticality", "sev", "prio"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    index = AlertIndex(possible_alerts(monitoring))
    external = monitoring.scraping is not None
    for rule in monitoring.routing.inhibitions if monitoring.routing else ():
        spot = _without_limits(rule) or (_without_equal(rule, index, external=external) if index.alerts else None)
        if spot is not None and not are_same(rule.source, rule.target):
            yield spot  # else inhibition/same-alerts


def _without_limits(rule: Inhibition) -> Spot | None:
    """Neither the matchers nor ``equal`` say which targets belong to a source."""
    if not rule.source:
        return Spot(rule.where, "the source has no matchers: any alert mutes the targets", "add source_matchers")
    if rule.equal or not _only_ranks(rule.target):
        return None
    if _only_ranks(rule.source):
        return Spot(rule.where, f"{_sides(rule)} need no label in common: there is no equal")
    return None


def _only_ranks(matchers: Sequence[LabelMatcher]) -> bool:
    return all(each.name in _RANKS or accepts_everything(each) for each in matchers)


def _without_equal(rule: Inhibition, index: AlertIndex, *, external: bool) -> Spot | None:
    """No source and no target has a label of ``equal``, and what both lack counts as equal."""
    if not rule.equal:
        return None
    sources, targets = (index.matching(side).possible for side in (rule.source, rule.target))
    if not sources or not targets:
        return None
    both = sources | targets
    if any(both & ~index.lacking(name) for name in rule.equal):
        return None
    labels = " or ".join(rule.equal)
    message = f"no source and no target has the label {labels}, and what both lack counts as equal"
    severity, confidence = (None, None) if external else (Severity.WARNING, Confidence.LIKELY)
    return Spot(rule.at("equal"), f"{message}: any source mutes every target", "", severity, confidence)


def _sides(rule: Inhibition) -> str:
    source, target = (shown(", ".join(str(each) for each in side)) for side in (rule.source, rule.target))
    return f"the source {{{source}}} and the target {{{target}}}"


CHECK = Check(
    id="inhibition/always-applies",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="A fault in one place hides every fault elsewhere for as long as it lasts.",
    fix="add the labels that a source and its targets share: equal: [cluster, namespace, service]",
    look=_look,
    helped_by=(Needs.RULES, Needs.PROMETHEUS),
)
