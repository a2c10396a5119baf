"""promql/not-unique: the side of a join that must have one series for each match has several."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.label_matching import selects
from stackproof.alerts.meaning.matching import Matching, matching_of
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.syntax_tree import SET_OPERATORS, arguments, bare, is_scalar, matchers, metric, walk
from stackproof.declare.label_patterns import LabelPatternError

_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^"})
_ONE_EACH = frozenset(
    {
        *("rate", "irate", "increase", "delta", "idelta", "deriv", "changes", "resets", "predict_linear", "timestamp"),
        *("avg_over_time", "min_over_time", "max_over_time", "sum_over_time", "last_over_time", "count_over_time"),
        *("abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max", "sqrt", "ln", "log2", "log10", "exp"),
    }
)
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
                    known = pages.get(metric(side) or "", ())
                    messages = (_repeated(side, matching_of(node), page) for page in known)
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
        sides.append(node.lhs)
    if card != pp.VectorMatchCardinality.OneToMany:
        sides.append(node.rhs)
    yield from filter(None, map(_selector, sides))


def _selector(node: Expr) -> pp.VectorSelector | None:
    """The selector that has as many series as the node: nothing filters, adds up or sets their labels."""
    node = bare(node)
    while not isinstance(node, pp.VectorSelector):
        if isinstance(node, pp.UnaryExpr):
            node = bare(node.expr)
        elif isinstance(node, pp.Call) and node.func.name in _ONE_EACH:
            vectors = [each for each in arguments(node) if not is_scalar(each)]
            node = bare(vectors[0])
        elif isinstance(node, pp.MatrixSelector):
            node = node.vector_selector
        elif isinstance(node, pp.BinaryExpr) and str(node.op) in _ARITHMETIC and is_scalar(node.rhs):
            node = bare(node.lhs)
        elif isinstance(node, pp.BinaryExpr) and str(node.op) in _ARITHMETIC and is_scalar(node.lhs):
            node = bare(node.rhs)
        else:
            return None
    return None if node.matchers.or_matchers else node


def _repeated(selector: pp.VectorSelector, matching: Matching, page: _Page) -> str:
    """Why a selector has several series for one match; "" if that is not proved."""
    groups: dict[frozenset[tuple[str, str]], list[Mapping[str, str]]] = defaultdict(list)
    try:
        own = frozenset(name for labels in page for name in labels)
        for labels in page:
            if _selects(selector, labels, own):
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


def _selects(selector: pp.VectorSelector, labels: Mapping[str, str], own: frozenset[str]) -> bool:
    """Whether a selector takes a series, judged by the exporter's own labels; those of its target are not known."""
    return all(selects(matcher, labels) for matcher in matchers(selector) if matcher.name in own)


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
