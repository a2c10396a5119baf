"""inhibition/always-applies: one alert anywhere silences alerts everywhere."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.implication import follow
from stackproof.alerts.routing.possible_labels import ALERTNAME, Sketch, all_hold, sketches
from stackproof.model.alerting import Inhibition, LabelMatcher, MatchOp


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    alerts = sketches(monitoring)
    for rule in monitoring.routing.inhibitions if monitoring.routing else ():
        if follow(rule.source, rule.target) and follow(rule.target, rule.source):
            continue  # inhibition/same-alerts
        if not rule.source:
            yield Spot(rule.where, "the source has no matchers: any alert silences its targets", "add source_matchers")
        elif _broad(rule.source) and _broad(rule.target) and not rule.equal:
            yield Spot(rule.where, f"{_words(rule)} are joined by no label (equal is not there)")
        elif _broad(rule.target) and rule.equal and _none_has(rule, alerts):
            names = ", ".join(rule.equal)
            yield Spot(rule.at("equal"), f"no source and no target has {names}: those that lack them are alike")


def _none_has(rule: Inhibition, alerts: tuple[Sketch, ...]) -> bool:
    """Whether sources and targets there are, and none of them has a label of ``equal``."""
    sources, targets = (
        [alert for alert in alerts if all_hold(side, alert) is not False] for side in (rule.source, rule.target)
    )
    free = any(alert.can_have(name) for alert in (*sources, *targets) for name in rule.equal)
    return bool(sources and targets) and not free


def _broad(matchers: tuple[LabelMatcher, ...]) -> bool:
    return all(each.name != ALERTNAME or each.op in {MatchOp.NOT_EQUAL, MatchOp.NOT_REGEX} for each in matchers)


def _words(rule: Inhibition) -> str:
    source, target = (", ".join(str(each) for each in side) for side in (rule.source, rule.target))
    return f"the source {{{source}}} and the target {{{target}}}"


CHECK = Check(
    id="inhibition/always-applies",
    severity=Severity.ERROR,
    why="A fault in one place then hides every fault elsewhere, for as long as it lasts.",
    fix="add what a source and its targets have in common: equal: [cluster, namespace, service]",
    look=_look,
)
