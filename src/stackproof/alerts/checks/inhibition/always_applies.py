"""inhibition/always-applies: one alert anywhere mutes alerts everywhere."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.implication import are_implied
from stackproof.alerts.routing.possible_alerts import ALERTNAME, PossibleAlert, all_match_alert, possible_alerts
from stackproof.model.monitoring import Inhibition, LabelMatcher, MatchOp


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    alerts = possible_alerts(monitoring)
    for rule in monitoring.routing.inhibitions if monitoring.routing else ():
        if are_implied(rule.source, rule.target) and are_implied(rule.target, rule.source):
            continue  # inhibition/same-alerts
        if not rule.source:
            yield Spot(rule.where, "the source has no matchers: any alert mutes the targets", "add source_matchers")
        elif _is_broad(rule.source) and _is_broad(rule.target) and not rule.equal:
            yield Spot(rule.where, f"{_sides(rule)} need no label in common: there is no equal")
        elif _is_broad(rule.target) and rule.equal and _none_has_equal(rule, alerts):
            names = ", ".join(rule.equal)
            yield Spot(rule.at("equal"), f"no source and no target has {names}, and missing labels count as equal")


def _none_has_equal(rule: Inhibition, alerts: tuple[PossibleAlert, ...]) -> bool:
    """Whether the rule has sources and targets, and none of them has a label of ``equal``."""
    sources, targets = (
        [alert for alert in alerts if all_match_alert(side, alert) is not False] for side in (rule.source, rule.target)
    )
    possible = any(alert.can_have(name) for alert in (*sources, *targets) for name in rule.equal)
    return bool(sources and targets) and not possible


def _is_broad(matchers: tuple[LabelMatcher, ...]) -> bool:
    return all(each.name != ALERTNAME or each.op in {MatchOp.NOT_EQUAL, MatchOp.NOT_REGEX} for each in matchers)


def _sides(rule: Inhibition) -> str:
    source, target = (", ".join(str(each) for each in side) for side in (rule.source, rule.target))
    return f"the source {{{source}}} and the target {{{target}}}"


CHECK = Check(
    id="inhibition/always-applies",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="A fault in one place hides every fault elsewhere for as long as it lasts.",
    fix="add the labels that a source and its targets share: equal: [cluster, namespace, service]",
    look=_look,
)
