"""promql/unguarded-addend: a sum of which one addend has a fallback, and another has none."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.conditions import is_operator
from stackproof.alerts.meaning.facts import Meaning, Presence
from stackproof.alerts.meaning.labels import NONE
from stackproof.alerts.meaning.readings import Reading, readings
from stackproof.alerts.meaning.thresholds import metrics_of

_OR = frozenset({"or"})
_PLUS = frozenset({"+"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    guarded = frozenset(name for reading in readings(monitoring) for name in _guarded(reading.likely))
    for reading in readings(monitoring):
        for meaning in _sums(reading.likely):
            yield from _unguarded(meaning, reading, guarded)


def _guarded(meaning: Meaning) -> Iterator[str]:
    """The metrics that have a fallback somewhere, so that somebody knows that they may have no series."""
    for each in meaning.walk():
        if _has_fallback(each) and isinstance(each.inputs[0].node, pp.AggregateExpr):
            yield from metrics_of(each.inputs[0])


def _has_fallback(meaning: Meaning) -> bool:
    return is_operator(meaning, _OR) and meaning.inputs[1].facts.presence is Presence.SURE


def _sums(meaning: Meaning) -> Iterator[Meaning]:
    """Every sum that is not an addend of another."""
    if is_operator(meaning, _PLUS):
        yield meaning
        below = [each for addend in _addends(meaning) for each in addend.inputs]
    else:
        below = list(meaning.inputs)
    for each in below:
        yield from _sums(each)


def _unguarded(sum_: Meaning, reading: Reading, guarded: frozenset[str]) -> Iterator[Spot]:
    addends = list(_addends(sum_))
    beside = any(_has_fallback(each) for each in addends)
    for addend in addends:
        names = metrics_of(addend)
        alone = isinstance(addend.node, pp.AggregateExpr) and addend.facts.labels == NONE
        if alone and addend.facts.presence is Presence.GIVEN and names and (beside or names <= guarded):
            named = ", ".join(sorted(names))
            where = "another addend has one" if beside else f"{named} has one elsewhere"
            text = (
                f"the addend of {named} has no fallback, though {where}: while it has no series, the sum has no result"
            )
            yield Spot(reading.at(addend.node), text)


def _addends(meaning: Meaning) -> Iterator[Meaning]:
    if is_operator(meaning, _PLUS):
        for side in meaning.inputs:
            yield from _addends(side)
    else:
        yield meaning


CHECK = Check(
    id="promql/unguarded-addend",
    severity=Severity.INFO,
    confidence=Confidence.ADVICE,
    needs=(Needs.RULES,),
    why="A counter of rare events often has no series before its first event. A sum has a result only where all "
    "addends have one, so the alert is blind for all of them.",
    fix="give each addend a fallback: (sum(...) or vector(0)) + (sum(...) or vector(0))",
    look=_look,
)
