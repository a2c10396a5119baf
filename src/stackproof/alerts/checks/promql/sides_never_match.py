"""promql/sides-never-match: two sides of an operator of which no series match."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.facts import Remark, RemarkKind
from stackproof.alerts.meaning.readings import Reading, readings


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        for remark, confidence in reading.remarks(RemarkKind.NEVER_MATCH, RemarkKind.NO_EFFECT):
            yield _spot(reading, remark, confidence)


def _spot(reading: Reading, remark: Remark, confidence: Confidence) -> Spot:
    assert isinstance(remark.node, pp.BinaryExpr)  # noqa: S101 - for the types: only operators have these remarks
    op, where = str(remark.node.op), reading.at(remark.node)
    if remark.kind is RemarkKind.NO_EFFECT:
        message = f"this unless removes nothing, because no series of the two sides match: {remark.detail}"
    else:
        message = f"the sides of this {op} never match, so it never has a result: {remark.detail}"
    severity = Severity.ERROR if confidence is Confidence.CERTAIN else Severity.WARNING
    return Spot(where, message, _fix(op, remark), severity, confidence)


def _fix(op: str, remark: Remark) -> str:
    if '="' in remark.detail:
        return f"select the same {remark.label} on both sides, or match by other labels: {op} on (...)"
    return (
        f"keep {remark.label} on both sides, aggregate both sides by the same labels, match by shared labels "
        f"({op} on (...)), or compare with a single number: scalar(...)"
    )


CHECK = Check(
    id="promql/sides-never-match",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="Prometheus pairs the series of both sides by their labels. Without a pair there is no result: the alert never "
    "fires, the panel stays blank.",
    fix="let both sides have the labels by which they are matched",
    look=_look,
)
