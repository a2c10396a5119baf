"""promql/mixed-units: values of different units are added, subtracted or compared."""

import math
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.facts import Meaning
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.meaning.thresholds import metrics_of
from stackproof.alerts.meaning.unit import BYTES, SECONDS, Unit, unit_of_name
from stackproof.alerts.promql.syntax_tree import COMPARISONS

_SUMS = COMPARISONS | {"+", "-"}
_VERBS = {"+": "adds", "-": "subtracts"}

_CONVERSIONS = (100.0, 1e3, 1e6, 1e9, 1024.0, 1024.0**2, 1024.0**3)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        for each in reading.likely.walk():
            if isinstance(each.node, pp.BinaryExpr) and str(each.node.op) in _SUMS:
                left, right = each.inputs
                if _differ(left.facts.unit, right.facts.unit) and not _is_multiple(left, right):
                    verb = _VERBS.get(str(each.node.op), "compares")
                    yield Spot(reading.at(each.node), f"this {verb} {_named(left)} and {_named(right)}")


def _differ(left: Unit | None, right: Unit | None) -> bool:
    """Whether two units are known to differ: other scales of time, of bytes, of a whole, or time and bytes."""
    if left is None or right is None:
        return False
    mine, theirs = left.plain, right.plain
    if mine.is_like(theirs):
        known = mine.is_like(SECONDS) or mine.is_like(BYTES) or (mine.is_ratio and theirs.is_percent)
        return (known or (mine.is_percent and theirs.is_ratio)) and mine.scale != theirs.scale
    pure = (mine.is_like(SECONDS), mine.is_like(BYTES), theirs.is_like(SECONDS), theirs.is_like(BYTES))
    return pure in {(True, False, False, True), (False, True, True, False)}


def _is_multiple(left: Meaning, right: Meaning) -> bool:
    """Whether one side is a multiple of the other's unit: ``free_bytes < 0.1 * size_bytes``, ``10 * x_seconds``."""
    mine, theirs = left.facts.unit, right.facts.unit
    if mine is None or theirs is None or not mine.plain.is_like(theirs.plain) or _scales(left) != _scales(right):
        return False
    factor = max(mine.scale, theirs.scale) / min(mine.scale, theirs.scale)
    return not any(math.isclose(factor, each) for each in _CONVERSIONS)


def _scales(meaning: Meaning) -> frozenset[float]:
    """The scales that the names of the metrics say; Prometheus' own times are in seconds."""
    units = (unit_of_name(name) for name in metrics_of(meaning))
    return frozenset(unit.scale for unit in units if unit is not None) or frozenset({SECONDS.scale})


def _named(meaning: Meaning) -> str:
    names = ", ".join(sorted(metrics_of(meaning))) or "time()"
    return f"{meaning.facts.unit} ({names})"


CHECK = Check(
    id="promql/mixed-units",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="The result is wrong by the factor between the units: an age of a minute becomes one of fifty years.",
    fix="convert one side: / 1000 for milliseconds to seconds, * 100 for a ratio to a percentage",
    look=_look,
)
