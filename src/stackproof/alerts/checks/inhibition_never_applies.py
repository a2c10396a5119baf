"""inhibition/never-applies: an inhibition that silences nothing, ever."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.implication import allowed, contradictions
from stackproof.alerts.routing.possible_labels import Sketch, all_hold, sketches
from stackproof.model.alerting import Inhibition, LabelMatcher

_SIDES = ("source", "target")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    alerts = sketches(monitoring)
    for rule in monitoring.routing.inhibitions if monitoring.routing else ():
        spot = _impossible(rule) or _unequal(rule) or (_by_rules(rule, alerts) if alerts else None)
        if spot is not None:
            yield spot


def _side(rule: Inhibition, side: str) -> tuple[LabelMatcher, ...]:
    return rule.source if side == "source" else rule.target


def _impossible(rule: Inhibition) -> Spot | None:
    for side in _SIDES:
        for label in contradictions(_side(rule, side)):
            asked = " and ".join(str(each) for each in _side(rule, side) if each.name == label)
            return Spot(rule.at(f"{side}_matchers"), f"no alert can have {asked}")
    return None


def _unequal(rule: Inhibition) -> Spot | None:
    """Both sides say what a label of ``equal`` is, and never the same."""
    for label in rule.equal:
        source, target = allowed(label, rule.source), allowed(label, rule.target)
        if source and target and not source & target:
            said = f"{label} must be alike, but is {_or(source)} in the source and {_or(target)} in the target"
            return Spot(rule.at("equal"), said, f"take {label} out of equal")
    return None


def _by_rules(rule: Inhibition, alerts: tuple[Sketch, ...]) -> Spot | None:
    """What the alerts of the rule files tell."""
    able = {side: [each for each in alerts if all_hold(_side(rule, side), each) is not False] for side in _SIDES}
    for side in _SIDES:
        if not able[side]:
            asked = ", ".join(str(matcher) for matcher in _side(rule, side))
            return Spot(
                rule.at(f"{side}_matchers"), f"none of the {len(alerts)} alerts can match the {side} {{{asked}}}"
            )
    for label in rule.equal:
        if not any(_can_be_alike(label, one, other) for one in able["source"] for other in able["target"]):
            one, other = able["source"][0].rule.name, able["target"][0].rule.name
            said = (
                f"{label} must be alike, but no source has it like a target: {one} and {other}, for one, differ in it"
            )
            return Spot(rule.at("equal"), said, f"take {label} out of equal, or give both the label")
    return None


def _can_be_alike(label: str, one: Sketch, other: Sketch) -> bool:
    mine, theirs = one.value(label), other.value(label)
    if mine is not None and theirs is not None:
        return mine == theirs
    known, free = (mine, other) if mine is not None else (theirs, one)
    return known != "" or not free.always_has(label)


def _or(values: frozenset[str]) -> str:
    return " or ".join(repr(value) for value in sorted(values))


CHECK = Check(
    id="inhibition/never-applies",
    severity=Severity.WARNING,
    why="The inhibition is there but silences nothing: all that follows from one fault is told at once, and hides it.",
    fix="write labels and names as the rules have them",
    look=_look,
)
