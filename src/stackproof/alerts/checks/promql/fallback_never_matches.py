"""promql/fallback-never-matches: a part after ``or`` that the other side of an operator never pairs with."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.facts import Meaning, RemarkKind
from stackproof.alerts.meaning.matching import matching_of
from stackproof.alerts.meaning.readings import readings


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        for meaning in reading.likely.walk():
            for remark in meaning.remarks:
                if remark.kind is RemarkKind.FALLBACK_NEVER_MATCHES:
                    either = _either(meaning)
                    if either is not None and isinstance(meaning.node, pp.BinaryExpr):
                        yield Spot(
                            reading.at(either.node),
                            f"{_fallback(either)} never takes part in the {meaning.node.op} around it: {remark.detail}",
                            f"give it the label {remark.label}: (A or 0 * B), with a B that has it",
                        )


def _either(meaning: Meaning) -> Meaning | None:
    """The ``or`` on one side whose right side matches nothing of the other side; None if it is in another rule."""
    assert isinstance(meaning.node, pp.BinaryExpr)  # noqa: S101 - for the types: only operators have this remark
    matching = matching_of(meaning.node)
    left, right = meaning.inputs
    for side, other in ((left, right), (right, left)):
        for either in _alternatives(side):
            parts = either.inputs[1].facts.parts
            pairs = [(part, theirs) for part in parts for theirs in other.facts.parts]
            if pairs and all(matching.conflict(part.labels, theirs.labels) for part, theirs in pairs):
                return either
    return None


def _alternatives(side: Meaning) -> Iterator[Meaning]:
    """Every ``or`` on a side, below arithmetic, whose parts are parts of the side."""
    if isinstance(side.node, pp.BinaryExpr):
        if str(side.node.op) == "or":
            yield side
        for each in side.inputs:
            yield from _alternatives(each)


def _fallback(either: Meaning) -> str:
    node = either.inputs[1].node
    text = str(node)
    short = isinstance(node, pp.Call) and node.func.name == "vector"
    return f"{text}, the fallback of this `or`," if short else "the part after this `or`"


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
