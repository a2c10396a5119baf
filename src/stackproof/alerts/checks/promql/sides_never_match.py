"""promql/sides-never-match: two sides of an operator of which no series match."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.facts import Meaning, Remark, RemarkKind, ValueKind
from stackproof.alerts.meaning.matching import matching_of
from stackproof.alerts.meaning.readings import Reading, readings
from stackproof.alerts.promql.expressions import FILLED
from stackproof.alerts.promql.syntax_tree import metric, walk
from stackproof.model.monitoring import DashboardQuery


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        for remark, confidence in reading.remarks(RemarkKind.NEVER_MATCH, RemarkKind.NO_EFFECT):
            if not _hangs_on_variable(reading, remark.node):
                yield _spot(reading, remark, confidence)
        for meaning in reading.likely.walk():
            label = _lost_label(meaning)
            if label and not _hangs_on_variable(reading, meaning.node):
                yield _lost(reading, meaning, label)


def _lost_label(meaning: Meaning) -> str:
    """A label that is matched by, but that one side has lost. Nobody matches by a label that no series has."""
    node = meaning.node
    if not isinstance(node, pp.BinaryExpr) or str(node.op) == "or" or meaning.remarks:
        return ""
    left, right = (each.facts for each in meaning.inputs)
    if left.never or right.never or ValueKind.SCALAR in {left.kind, right.kind}:
        return ""
    wanted = matching_of(node).on or ()
    return next((name for name in wanted if left.labels.can_have(name) is not right.labels.can_have(name)), "")


def _lost(reading: Reading, meaning: Meaning, label: str) -> Spot:
    lacking = "right" if meaning.inputs[0].facts.labels.can_have(label) else "left"
    op = getattr(meaning.node, "op", "")
    effect = "this unless removes nothing" if str(op) == "unless" else f"the sides of this {op} never match"
    return Spot(
        reading.at(meaning.node),
        f"{effect}: they are matched by the label {label}, which the {lacking} side has not",
        f"keep {label} on both sides, or match by labels that both sides have",
        Severity.WARNING,
        Confidence.LIKELY,
    )


def _hangs_on_variable(reading: Reading, node: Expr) -> bool:
    """Whether a variable of a dashboard decides: a metric or a label that the reader of the panel chooses."""
    if not isinstance(reading.expression.owner, DashboardQuery):
        return False
    return any(FILLED in name for name in _names(node))


def _names(node: Expr) -> Iterator[str]:
    """Every metric, and every label that is grouped or matched by."""
    for visit in walk(node):
        each = visit.node
        if isinstance(each, pp.VectorSelector):
            yield metric(each) or FILLED
        elif isinstance(each, pp.AggregateExpr) and each.modifier is not None:
            yield from each.modifier.labels
        elif isinstance(each, pp.BinaryExpr) and each.modifier is not None:
            yield from each.modifier.matching.labels if each.modifier.matching else ()


def _spot(reading: Reading, remark: Remark, confidence: Confidence) -> Spot:
    assert isinstance(remark.node, pp.BinaryExpr)  # noqa: S101 - for the types: only operators have these remarks
    op, where = str(remark.node.op), reading.at(remark.node)
    if remark.kind is RemarkKind.NO_EFFECT:
        message = f"this unless removes nothing, because no series of the two sides match: {remark.detail}"
    else:
        message = f"the sides of this {op} never match, so it never has a result: {remark.detail}"
    is_error = confidence is Confidence.CERTAIN and not isinstance(reading.expression.owner, DashboardQuery)
    severity = Severity.ERROR if is_error else Severity.WARNING
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
    helped_by=(Needs.METRICS,),
)
