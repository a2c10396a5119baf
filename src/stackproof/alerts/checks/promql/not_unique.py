"""promql/not-unique: the side of a join that must have one series for each match has several."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.label_matching import selects
from stackproof.alerts.meaning.joining import Matching, matching_of
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.syntax_tree import SET_OPERATORS, bare, is_scalar, matchers, metric, walk
from stackproof.declare.label_patterns import LabelPatternError

_Page = tuple[Mapping[str, str], ...]
"""The series of one metric that one exporter has."""


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    pages: dict[str, list[_Page]] = defaultdict(list)
    for each in monitoring.metrics or ():
        pages[each.name].append(tuple(dict(labels) for labels in each.series))
    for reading in readings(monitoring) if pages else ():
        for visit in walk(reading.expression.tree):
            node = visit.node
            if isinstance(node, pp.BinaryExpr) and str(node.op) not in SET_OPERATORS:
                for side in _unique_sides(node):
                    messages = (_repeated(side, matching_of(node), page) for page in pages.get(metric(side) or "", ()))
                    message = next(filter(None, messages), "")
                    if message:
                        yield Spot(reading.at(node), message)


def _unique_sides(node: pp.BinaryExpr) -> Iterator[pp.VectorSelector]:
    """The selectors of which each match may have only one series."""
    if is_scalar(node.lhs) or is_scalar(node.rhs):
        return
    card = node.modifier.card if node.modifier else pp.VectorMatchCardinality.OneToOne
    sides = []
    if card != pp.VectorMatchCardinality.ManyToOne:
        sides.append(bare(node.lhs))
    if card != pp.VectorMatchCardinality.OneToMany:
        sides.append(bare(node.rhs))
    yield from (side for side in sides if isinstance(side, pp.VectorSelector))


def _repeated(selector: pp.VectorSelector, matching: Matching, page: _Page) -> str:
    """Why a selector has several series for one match; "" if that is not proved."""
    groups: dict[frozenset[tuple[str, str]], list[Mapping[str, str]]] = defaultdict(list)
    try:
        for labels in page:
            if _selects(selector, labels):
                groups[frozenset(_compared(labels, matching).items())].append(labels)
    except LabelPatternError:
        return ""
    several = max(groups.values(), key=len, default=[])
    if len(several) <= 1:
        return ""
    by = f"on ({', '.join(matching.on)})" if matching.on is not None else "by the labels that are compared"
    names = sorted({name for labels in several for name in labels})
    differing = [name for name in names if len({labels.get(name, "") for labels in several}) > 1]
    return (
        f"{metric(selector)} is not unique {by}: one exporter has {len(several)} series that differ only in "
        f"{', '.join(differing)}"
    )


def _selects(selector: pp.VectorSelector, labels: Mapping[str, str]) -> bool:
    own = [each for each in matchers(selector) if each.name in labels]
    return all(selects(matcher, labels) for matcher in own)


def _compared(labels: Mapping[str, str], matching: Matching) -> Mapping[str, str]:
    """The labels of a series that are compared. Those of its target (job, instance) are the same for all series."""
    if matching.on is not None:
        return {name: value for name, value in labels.items() if name in matching.on}
    return {name: value for name, value in labels.items() if name not in matching.ignoring}


CHECK = Check(
    id="promql/not-unique",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES, Needs.METRICS),
    why="The evaluation fails as soon as two series match: the rule has no result, and only the log of Prometheus and "
    "its page of rules show why.",
    fix="aggregate that side: max by (...) (...), with the labels that are matched and those that are wanted",
    look=_look,
)
