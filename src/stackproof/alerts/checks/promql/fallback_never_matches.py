"""promql/fallback-never-matches: a part after ``or`` that the other side of an operator never pairs with."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.facts import Remark, RemarkKind
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.syntax_tree import bare, children


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        for remark, confidence in reading.remarks(RemarkKind.FALLBACK_NEVER_MATCHES):
            either = _first_or(remark)
            yield Spot(
                reading.at(either or remark.node),
                f"the part after this `or` never takes part in {_sign(remark)}: {remark.detail}",
                f"give it the label {remark.label}: (A or 0 * B), with a B that has it",
                confidence=confidence,
            )


def _sign(remark: Remark) -> str:
    return f"the {remark.node.op} around it" if isinstance(remark.node, pp.BinaryExpr) else "what is around it"


def _first_or(remark: Remark) -> pp.BinaryExpr | None:
    """The ``or`` on one of the sides, below parentheses and arithmetic."""
    pending = [bare(child) for child in children(remark.node)]
    while pending:
        node = pending.pop(0)
        if isinstance(node, pp.BinaryExpr):
            if str(node.op) == "or":
                return node
            pending += (bare(child) for child in children(node))
    return None


CHECK = Check(
    id="promql/fallback-never-matches",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="vector(0) has no labels. Beside a sum by labels it pairs with nothing, and where the sum has no series the "
    "whole expression has no result: it is blind in the case for which the fallback was written.",
    fix="give the fallback the labels of the other side",
    look=_look,
)
