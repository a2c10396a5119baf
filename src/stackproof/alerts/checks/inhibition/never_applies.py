"""inhibition/never-applies: an inhibition that never mutes anything."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.implication import allowed, contradictions
from stackproof.alerts.routing.possible_alerts import PossibleAlert, all_match_alert, possible_alerts
from stackproof.model.monitoring import Inhibition, LabelMatcher

_SIDES = ("source", "target")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    alerts = possible_alerts(monitoring)
    for rule in monitoring.routing.inhibitions if monitoring.routing else ():
        spot = _impossible(rule) or _never_equal(rule) or (_against_rules(rule, alerts) if alerts else None)
        if spot is not None:
            yield spot


def _side(rule: Inhibition, side: str) -> tuple[LabelMatcher, ...]:
    return rule.source if side == "source" else rule.target


def _impossible(rule: Inhibition) -> Spot | None:
    for side in _SIDES:
        for label in contradictions(_side(rule, side)):
            required = " and ".join(str(each) for each in _side(rule, side) if each.name == label)
            return Spot(rule.at(f"{side}_matchers"), f"no alert can have {required}")
    return None


def _never_equal(rule: Inhibition) -> Spot | None:
    """Both sides fix the value of a label of ``equal``, to different values."""
    for label in rule.equal:
        source, target = allowed(label, rule.source), allowed(label, rule.target)
        if source and target and not source & target:
            message = f"{label} must be equal, but is {_or(source)} in the source and {_or(target)} in the target"
            return Spot(rule.at("equal"), message, f"remove {label} from equal")
    return None


def _against_rules(rule: Inhibition, alerts: tuple[PossibleAlert, ...]) -> Spot | None:
    """No alerts of the rule files can be its source and its target."""
    candidates = {
        side: [each for each in alerts if all_match_alert(_side(rule, side), each) is not False] for side in _SIDES
    }
    for side in _SIDES:
        if not candidates[side]:
            required = ", ".join(str(matcher) for matcher in _side(rule, side))
            return Spot(
                rule.at(f"{side}_matchers"), f"none of the {len(alerts)} alerts can match the {side} {{{required}}}"
            )
    for label in rule.equal:
        if not any(_can_be_equal(label, one, other) for one in candidates["source"] for other in candidates["target"]):
            one, other = candidates["source"][0].rule.name, candidates["target"][0].rule.name
            message = (
                f"{label} must be equal, but no source and target can have the same value: "
                f"{one} and {other}, for example, differ"
            )
            return Spot(rule.at("equal"), message, f"remove {label} from equal, or give both alerts the label")
    return None


def _can_be_equal(label: str, one: PossibleAlert, other: PossibleAlert) -> bool:
    first, second = one.value(label), other.value(label)
    if first is not None and second is not None:
        return first == second
    known, unknown = (first, other) if first is not None else (second, one)
    return known != "" or not unknown.always_has(label)


def _or(values: frozenset[str]) -> str:
    return " or ".join(repr(value) for value in sorted(values))


CHECK = Check(
    id="inhibition/never-applies",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER, Needs.RULES),
    why="The inhibition mutes nothing: every consequence of one fault is sent at once and hides the fault itself.",
    fix="write labels and alert names as they are in the rules",
    look=_look,
)
