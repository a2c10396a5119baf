"""rules/shown-unit: a text shows the value in another unit than it has."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import alert_readings
from stackproof.alerts.meaning.unit import MILLISECONDS, RATIO, SECONDS, Unit
from stackproof.alerts.templates.rule_texts import ShownValue, shown_values

_PERCENT = re.compile(r"\s?(%|percent\b)", re.IGNORECASE)
_MS = re.compile(r"\s?(ms|msecs?|millis(econds?)?)\b", re.IGNORECASE)
_S = re.compile(r"\s?(s|secs?|seconds?)\b", re.IGNORECASE)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule, reading in alert_readings(monitoring):
        shown = shown_values(rule)
        unit = reading.likely.facts.unit if shown else None
        for value in shown:
            found = _problem(value, unit)
            if found:
                yield Spot(value.where, f"{value.part} of {rule.name} {found[0]}", found[1])


def _problem(value: ShownValue, unit: Unit | None) -> tuple[str, str] | None:
    """What the text does with the value, and how to fix it; None if it may be right."""
    percentage = "humanizePercentage" in value.functions
    if percentage and _PERCENT.match(value.after):
        return "writes % after humanizePercentage, which writes one itself", "remove one of the two"
    if unit is None:
        return None
    if percentage and not unit.is_ratio and not unit.is_frequency:
        return f"shows {unit} by humanizePercentage, which expects a ratio (1 is all of it)", _without_percentage(unit)
    if unit.is_ratio and not percentage and _PERCENT.match(value.after):
        return (
            "writes % after a ratio: all of it is shown as 1%",
            "show it by humanizePercentage without the %, or multiply the expression and its limit by 100",
        )
    return _time(value, unit.plain)


def _without_percentage(unit: Unit) -> str:
    if unit.is_percent:
        return 'write {{ $value | printf "%.1f" }}%, or leave out the multiplication by 100, also in the limit'
    return "show it by humanize or humanizeDuration"


def _time(value: ShownValue, unit: Unit) -> tuple[str, str] | None:
    if "humanizeDuration" in value.functions:
        wrong = unit.is_like(RATIO) or unit.bytes or unit.epoch or (unit.is_like(SECONDS) and unit.scale != 1)
        return (f"shows {unit} by humanizeDuration, which expects seconds", _to_seconds(unit)) if wrong else None
    if "humanizeTimestamp" in value.functions:
        wrong = unit.is_like(SECONDS) and not unit.epoch
        return ("shows a duration by humanizeTimestamp", "show it by humanizeDuration") if wrong else None
    if unit == SECONDS and _MS.match(value.after):
        return "writes ms after a value in seconds", "write s, or multiply the expression and its limit by 1000"
    if unit == MILLISECONDS and _S.match(value.after):
        return (
            "writes seconds after a value in milliseconds",
            "write ms, or divide the expression and its limit by 1000",
        )
    return None


def _to_seconds(unit: Unit) -> str:
    if unit.epoch:
        return "subtract it from time() first"
    return "convert the expression to seconds" if unit.is_like(SECONDS) else "show it by humanize"


CHECK = Check(
    id="rules/shown-unit",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="The person on call reads a number that is wrong by a hundred or a thousand.",
    fix="show the value in its own unit",
    look=_look,
)
