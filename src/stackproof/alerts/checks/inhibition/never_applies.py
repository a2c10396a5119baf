"""inhibition/never-applies: an inhibition that never mutes anything."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.implication import allowed, by_label, impossible_labels
from stackproof.alerts.routing.mismatch import reason, unmatched, wider
from stackproof.alerts.routing.possible_alerts import possible_alerts
from stackproof.alerts.routing.route_nodes import shown
from stackproof.model.monitoring import Inhibition, LabelMatcher

_SIDES = ("source", "target")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    index = AlertIndex(possible_alerts(monitoring))
    for rule in monitoring.routing.inhibitions if monitoring.routing else ():
        spot = _impossible(rule) or _never_equal(rule) or (_against_rules(rule, index) if index.alerts else None)
        if spot is not None:
            yield spot


def _side(rule: Inhibition, side: str) -> tuple[LabelMatcher, ...]:
    return rule.source if side == "source" else rule.target


def _impossible(rule: Inhibition) -> Spot | None:
    for side in _SIDES:
        given = by_label(_side(rule, side))
        for label in impossible_labels(given):
            required = " and ".join(str(each) for each in given[label])
            return Spot(rule.at(f"{side}_matchers"), f"no alert can have {shown(required)}")
    return None


def _never_equal(rule: Inhibition) -> Spot | None:
    """Both sides fix the value of a label of ``equal``, to different values."""
    sources, targets = by_label(rule.source), by_label(rule.target)
    for label in rule.equal:
        source, target = allowed(sources.get(label, ())), allowed(targets.get(label, ()))
        if source and target and not source & target:
            message = f"{label} must be equal, but is {_or(source)} in the source and {_or(target)} in the target"
            return Spot(rule.at("equal"), message, f"remove {label} from equal")
    return None


def _against_rules(rule: Inhibition, index: AlertIndex) -> Spot | None:
    """No alerts of the rule files can be its source and its target."""
    for side in _SIDES:
        if not index.matching(_side(rule, side)).possible:
            return _unmatched(rule, side, index)
    sources, targets = (index.matching(_side(rule, side)).possible for side in _SIDES)
    for label in rule.equal:
        if not _can_be_equal(label, sources, targets, index):
            one, other = next(index.of(sources)).rule.name, next(index.of(targets)).rule.name
            message = (
                f"{label} must be equal, but no source and target can have the same value: "
                f"{one} and {other}, for example, differ"
            )
            return Spot(rule.at("equal"), message, f"remove {label} from equal, or give both alerts the label")
    return None


def _unmatched(rule: Inhibition, side: str, index: AlertIndex) -> Spot:
    matchers = _side(rule, side)
    required = shown(", ".join(str(matcher) for matcher in matchers))
    message = f"none of the {len(index.alerts)} alerts can match the {side} {{{required}}}"
    place = unmatched(matchers, index)
    if place is None:
        return Spot(rule.at(f"{side}_matchers"), message)
    why, pattern = reason(matchers[place], index), wider(matchers[place], index)
    fix = f"a pattern must match the whole value: write '{pattern}'" if pattern else ""
    return Spot(rule.at(f"{side}_matchers.{place}"), f"{message}: {why}" if why else message, fix)


def _can_be_equal(label: str, sources: int, targets: int, index: AlertIndex) -> bool:
    """Whether some source and some target can have the same value, or both lack the label."""
    values = index.values(label)
    lacking = values.known.get("", 0)
    for one, other in ((sources, targets), (targets, sources)):
        unknown = one & values.unknown
        if unknown and other & ~lacking:
            return True
        if unknown & ~values.always and other & lacking:
            return True
    return any(alerts & sources and alerts & targets for alerts in values.known.values())


def _or(values: frozenset[str]) -> str:
    return shown(" or ".join(repr(value) for value in sorted(values)))


CHECK = Check(
    id="inhibition/never-applies",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="The inhibition mutes nothing: every consequence of one fault is sent at once and hides the fault itself.",
    fix="write labels and alert names as they are in the rules",
    look=_look,
    helped_by=(Needs.RULES,),
)
