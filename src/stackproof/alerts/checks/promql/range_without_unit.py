"""promql/range-without-unit: a range or an offset without a unit of time."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import Expression, expressions
from stackproof.model import Location
from stackproof.model.monitoring import DashboardQuery

_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`|#[^\n]*')
_PLAIN = re.compile(
    r"\[\s*(?P<range>\d+(?:\.\d+)?)\s*[\]:]|\boffset\s+(?P<offset>\d+(?:\.\d+)?)(?![\w.*/+-])", re.IGNORECASE
)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for expression in expressions(monitoring):
        blanked = _TEXT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), expression.text)
        found = _PLAIN.search(blanked)
        if found is not None:
            number = found["range"] or found["offset"]
            what = f"the range [{number}]" if found["range"] else f"offset {number}"
            message = f"{what} has no unit: Prometheus 3 reads {number} seconds, Prometheus 2 rejects it"
            yield Spot(_where(expression, found.start()), message, f"write the unit: {number}m or {number}s")


def _where(expression: Expression, offset: int) -> Location:
    where = expression.where
    if where.line is None or isinstance(expression.owner, DashboardQuery):
        return where
    return Location(where.file, where.line + expression.text[:offset].count("\n"))


CHECK = Check(
    id="promql/range-without-unit",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="Minutes were meant, as almost always. A range of ten seconds rarely has two samples, so that a rate is empty.",
    fix="write the unit: 10m",
    look=_look,
)
