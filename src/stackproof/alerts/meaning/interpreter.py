"""Interprets expressions: the facts about each node follow from those about the nodes below it.

An abstract interpretation (P. Cousot and R. Cousot, "Abstract interpretation", POPL 1977): every value that Prometheus
can compute is within the facts, though not every value within the facts can be computed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, point
from stackproof.alerts.meaning.facts import Facts, Meaning, Part, Presence, Remark, RemarkKind, ValueKind, absolute
from stackproof.alerts.meaning.functions import FIXED, OVER_TIME, SAME, bounds_after, quantile_bounds, unit_after
from stackproof.alerts.meaning.joining import joined
from stackproof.alerts.meaning.labels import ANY, NONE, LabelSet
from stackproof.alerts.meaning.operators import computed
from stackproof.alerts.meaning.series import (
    Assumptions,
    rate_bounds,
    recorded_labels_added,
    scraped_labels,
    selected_labels,
    value_bounds,
)
from stackproof.alerts.meaning.unit import THINGS, UNIX_TIME, Unit, unit_of_name
from stackproof.alerts.promql.syntax_tree import RATES, arguments, bare, matchers, metric, number, parsed, selectors
from stackproof.model.monitoring import MatchOp, Rule

_LOOKBACK_S = 300.0  # https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness
_KEEP_ALL = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_ABSENT = frozenset({"absent", "absent_over_time"})
_KEEPS_NOW = frozenset({"avg", "min", "max"})
_RANGED_RATES = frozenset({"rate", "irate"})


@dataclass(slots=True)
class Interpreter:
    """Interprets expressions under assumptions.

    Attributes:
        assumed: What may be taken for granted.
        records: The recording rules, by the metric that they record.
    """

    assumed: Assumptions
    records: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    _recorded: dict[str, Facts | None] = field(default_factory=dict)

    def meaning(self, node: Expr) -> Meaning:
        """A node of an expression, and all below it, with their facts."""
        node = bare(node)
        match node:
            case pp.BinaryExpr():
                found = self._binary(node)
            case pp.AggregateExpr():
                found = self._aggregate(node)
            case pp.Call():
                found = self._call(node)
            case pp.VectorSelector():
                found = self._selector(node)
            case pp.MatrixSelector():
                found = self._ranged(node, node.vector_selector)
            case pp.SubqueryExpr():
                found = self._ranged(node, node.expr)
            case pp.UnaryExpr():
                inner = self.meaning(node.expr)
                found = Meaning(node, _mapped(inner.facts, _negated), (inner,))
            case pp.NumberLiteral():
                found = Meaning(node, _scalar(point(node.val)))
            case _:
                text = Facts(ValueKind.TEXT, (Part(NONE, ANY_VALUE, Presence.SURE),), Presence.SURE)
                found = Meaning(node, text)
        return found

    def _ranged(self, node: Expr, of: Expr) -> Meaning:
        inner = self.meaning(of)
        return Meaning(node, replace(inner.facts, kind=ValueKind.RANGE), (inner,))

    def _binary(self, node: pp.BinaryExpr) -> Meaning:
        left, right = self.meaning(node.lhs), self.meaning(node.rhs)
        facts, remarks = (
            computed(node, left.facts, right.facts) if _has_scalar(left, right) else joined(node, left, right)
        )
        return Meaning(node, facts, (left, right), remarks)

    # Selectors

    def _selector(self, node: pp.VectorSelector) -> Meaning:
        name = None if node.matchers.or_matchers else metric(node)
        known = self._recording(name) if name else None
        if known is None:
            bounds = value_bounds(name, self.assumed)
            unit = unit_of_name(name) if name else None
            part = Part(scraped_labels(name, self.assumed), bounds, Presence.GIVEN, unit)
            known = Facts(ValueKind.VECTOR, (part,), Presence.GIVEN)
        origin = str(node)
        found: list[Part] = []
        refused = None
        for part in known.parts:
            labels, refused_here = selected_labels(node, part.labels)
            refused = refused or refused_here
            if refused_here is None:
                found.append(replace(part, labels=labels, origin=origin))
        if found or not known.parts:
            return Meaning(node, Facts(ValueKind.VECTOR, tuple(found), known.presence if found else Presence.DEPENDS))
        detail = f"no series of {name or 'the selector'} has {refused}"
        remark = Remark(RemarkKind.NO_SUCH_VALUE, node, detail, refused.name if refused else "")
        return Meaning(node, _never(), (), (remark,))

    def _recording(self, name: str) -> Facts | None:
        """The facts about a recorded metric; None if nothing records it, or it is recorded from itself."""
        if name not in self.records:
            return None
        if name not in self._recorded:
            self._recorded[name] = None  # until it is known: a metric recorded from itself may have any value
            self._recorded[name] = self._union(self.records[name])
        return self._recorded[name]

    def _union(self, rules: Iterable[Rule]) -> Facts | None:
        parts: list[Part] = []
        presence = Presence.DEPENDS
        for rule in rules:
            tree = parsed(rule.expr)
            if tree is None or any(metric(each) == rule.name for each in selectors(tree)):
                return None  # something else makes series of this name too
            facts = self.meaning(tree).facts
            presence = max(presence, min(facts.presence, Presence.GIVEN))
            parts += (self._kept(part, rule) for part in facts.parts)
        return Facts(ValueKind.VECTOR, merged(parts), presence)

    def _kept(self, part: Part, rule: Rule) -> Part:
        labels = recorded_labels_added(part.labels, rule.labels)
        bounds = Bounds(part.bounds.low - 1e5 * abs(part.now), part.bounds.high + 1e5 * abs(part.now), part.bounds.nan)
        presence = min(part.presence, Presence.GIVEN)
        return replace(part, labels=labels, bounds=bounds if part.now else part.bounds, presence=presence)

    # Aggregations

    def _aggregate(self, node: pp.AggregateExpr) -> Meaning:
        op = str(node.op)
        inner = self.meaning(node.expr)
        inputs = (inner,) if node.param is None else (self.meaning(node.param), inner)
        if inner.facts.never:
            return Meaning(node, _never(), inputs)
        if op in _KEEP_ALL:
            return Meaning(node, _taken(op, node.param, inner.facts), inputs)
        given = inner.facts
        now = {part.now for part in given.parts}
        keeps_now = op in _KEEPS_NOW and len(now) == 1
        bounds = _hull(part.bounds if keeps_now else absolute(part) for part in given.parts)
        part = Part(
            self._grouped(node, given),
            _aggregated(op, bounds, None if node.param is None else number(node.param)),
            given.presence,
            _unit_of_aggregation(op, given),
            now.pop() if keeps_now else 0.0,
            str(node),
        )
        return Meaning(node, Facts(ValueKind.VECTOR, (part,), given.presence), inputs)

    def _grouped(self, node: pp.AggregateExpr, given: Facts) -> LabelSet:
        labels = given.labels
        if node.modifier is None:
            found = NONE
        elif node.modifier.type == pp.AggModifierType.By:
            found = labels.limited(node.modifier.labels)
            if self.assumed.customs and found.only:  # nobody groups by a label that series lack
                of_all = {name for name in found.only if all(part.labels.can_have(name) for part in given.parts)}
                found = found.with_sure(name for name in of_all if "" not in found.values.get(name, ()))
        else:
            found = labels.lacking((*node.modifier.labels, "__name__"))
        if str(node.op) == "count_values" and isinstance(node.param, pp.StringLiteral):
            value = node.param.val
            is_free = node.modifier is None or value not in node.modifier.labels
            return found.having([value]).with_sure([value] if is_free else [])
        return found

    # Functions

    def _call(self, node: pp.Call) -> Meaning:
        name, given = node.func.name, arguments(node)
        inputs = tuple(self.meaning(each) for each in given)
        vectors = [each for each in inputs if each.facts.kind in {ValueKind.VECTOR, ValueKind.RANGE}]
        if name == "time":
            facts = Facts(ValueKind.SCALAR, (_time(),), Presence.SURE)
        elif name == "vector":
            (part,) = inputs[0].facts.parts
            facts = Facts(ValueKind.VECTOR, (replace(part, origin=""),), Presence.SURE)
        elif name == "scalar":
            bounds = inputs[0].facts.bounds
            facts = _scalar(ANY_VALUE if bounds is None else replace(bounds, nan=True))
        elif name in _ABSENT:
            facts = self._absent(inputs[0])
        elif not vectors:
            facts = self._without_vector(node)
        else:
            numbers = tuple(number(each) for each in given)
            parts = tuple(self._after(node, part, vectors[0], numbers) for part in vectors[0].facts.parts)
            facts = _left_by(name, numbers, Facts(ValueKind.VECTOR, parts, vectors[0].facts.presence))
        return Meaning(node, facts, inputs)

    def _after(self, node: pp.Call, part: Part, vector: Meaning, numbers: tuple[float | None, ...]) -> Part:
        """A part of a vector after a function."""
        name = node.func.name
        found = replace(part, labels=_labels_after(node, part.labels), origin=str(node))
        if name in SAME:
            return found
        unit = unit_after(name, part.unit)
        if name == "timestamp":
            return replace(found, unit=unit, now=1.0, bounds=self._age(vector.node))
        if name == "histogram_quantile":
            return replace(found, unit=_unit_of_buckets(vector), now=0.0, bounds=quantile_bounds(ANY_VALUE, numbers[0]))
        if name in OVER_TIME or not part.now:
            bounds = bounds_after(name, part.bounds, numbers)
            now = part.now
        else:
            bounds, now = bounds_after(name, absolute(part), numbers), 0.0
        if name in OVER_TIME and part.now:
            bounds, now = ANY_VALUE, 0.0
        if name in RATES and isinstance(
            vector.node, pp.SubqueryExpr
        ):  # a counter is finite, a calculated value may not be
            bounds = replace(bounds, nan=bounds.nan or part.bounds.has_infinity())
        limit = rate_bounds(_only_metric(vector.node), self.assumed) if name in _RANGED_RATES else None
        return replace(found, unit=unit, now=now, bounds=(limit and bounds.overlap(limit)) or bounds)

    def _age(self, node: Expr) -> Bounds:
        """The timestamps of samples, as seconds after the evaluation."""
        if not isinstance(node, pp.VectorSelector):
            return point(0.0)
        if node.offset is not None or node.at is not None:
            return ANY_VALUE
        return Bounds(-_LOOKBACK_S, 0.0) if self.assumed.customs else Bounds(-float("inf"), 0.0)

    def _absent(self, vector: Meaning) -> Facts:
        node = vector.node
        labels = NONE
        if isinstance(node, pp.MatrixSelector):
            node = node.vector_selector
        if isinstance(node, pp.VectorSelector):
            labels = _absent_labels(node)
        if vector.facts.presence is Presence.SURE:
            return _never()
        presence = Presence.SURE if vector.facts.never else Presence.DEPENDS
        return Facts(ValueKind.VECTOR, (Part(labels, point(1.0), presence),), presence)

    def _without_vector(self, node: pp.Call) -> Facts:
        """A function that is given no vector: ``pi()``, or ``hour()`` of the evaluation's time."""
        if node.func.return_type == pp.ValueType.Scalar:
            return _scalar(bounds_after(node.func.name, ANY_VALUE, ()))
        bounds = FIXED.get(node.func.name, ANY_VALUE)
        origin = str(node) if node.func.name in FIXED else ""
        return Facts(ValueKind.VECTOR, (Part(NONE, bounds, Presence.SURE, origin=origin),), Presence.SURE)


def merged(parts: Iterable[Part], limit: int = 12) -> tuple[Part, ...]:
    """The parts, or one part in place of too many."""
    listed = tuple(parts)
    if len(listed) <= limit:
        return listed
    facts = Facts(ValueKind.VECTOR, listed, Presence.DEPENDS)
    presence = min(part.presence for part in listed)
    return (Part(facts.labels, facts.bounds or ANY_VALUE, presence, facts.unit),)


def _has_scalar(left: Meaning, right: Meaning) -> bool:
    return ValueKind.SCALAR in {left.facts.kind, right.facts.kind}


def _scalar(bounds: Bounds) -> Facts:
    return Facts(ValueKind.SCALAR, (Part(NONE, bounds, Presence.SURE),), Presence.SURE)


def _never() -> Facts:
    return Facts(ValueKind.VECTOR, (), Presence.DEPENDS)


def _time() -> Part:
    return Part(NONE, point(0.0), Presence.SURE, UNIX_TIME, now=1.0)


def _taken(op: str, param: Expr | None, given: Facts) -> Facts:
    """Some of the series: none of them if their number is below 1."""
    taken = None if param is None else number(param)
    if taken is None or op == "limit_ratio":
        return _depending(given)
    return given if taken >= 1 else _never()


def _left_by(function: str, numbers: tuple[float | None, ...], given: Facts) -> Facts:
    """What is left of a function's result: no clamped value if the limits are the wrong way round, buckets by label."""
    if function == "histogram_quantile" and given.presence is Presence.SURE:
        return _depending(given)
    if function != "clamp":
        return given
    _, low, high = numbers
    if low is None or high is None:
        return _depending(given)
    return _never() if high < low else given


def _depending(facts: Facts) -> Facts:
    parts = tuple(replace(part, presence=Presence.DEPENDS) for part in facts.parts)
    return replace(facts, parts=parts, presence=Presence.DEPENDS)


def _mapped(facts: Facts, change: Callable[[Part], Part]) -> Facts:
    return replace(facts, parts=tuple(change(part) for part in facts.parts))


def _negated(part: Part) -> Part:
    return replace(part, bounds=part.bounds.negated(), now=-part.now, labels=part.labels, origin="")


def _hull(bounds: Iterable[Bounds]) -> Bounds:
    first, *others = bounds
    for each in others:
        first = first.hull(each)
    return first


_OF_OWN: Mapping[str, Bounds] = {
    "count": Bounds(1.0),
    "count_values": Bounds(1.0),
    "group": point(1.0),
    "stddev": Bounds(0.0, nan=True),
    "stdvar": ANY_VALUE,  # one that overflows may be -Inf
}
"""Aggregations whose results have bounds of their own, whatever they are given."""


def _aggregated(op: str, bounds: Bounds, param: float | None) -> Bounds:
    """The bounds of an aggregation (https://prometheus.io/docs/prometheus/latest/querying/operators/)."""
    if op == "sum":
        return bounds.summed()
    if op == "avg":
        return bounds.averaged()
    if op == "quantile":
        return quantile_bounds(bounds, param)
    return bounds if op in {"min", "max"} else _OF_OWN.get(op, ANY_VALUE)


def _unit_of_aggregation(op: str, given: Facts) -> Unit | None:
    if op in {"count", "count_values"}:
        return THINGS
    return given.unit if op in {"sum", "avg", "min", "max", "quantile", "stddev"} else None


def _labels_after(node: pp.Call, labels: LabelSet) -> LabelSet:
    name, given = node.func.name, arguments(node)
    if name == "info":
        return ANY
    if name == "histogram_quantile":
        return labels.lacking(["le"])
    if name in {"label_replace", "label_join"} and isinstance(given[1], pp.StringLiteral):
        return labels.having([given[1].val])
    return labels


def _absent_labels(node: pp.VectorSelector) -> LabelSet:
    """The labels that the selector fixes by ``=``.

    It may or may not have one that several matchers name: that depends on the order in which the storage leaves them.
    Source: `createLabelsForAbsentFunction` of https://github.com/prometheus/prometheus/blob/main/promql/functions.go.
    """
    if node.matchers.or_matchers:
        return ANY
    named: dict[str, list[str]] = defaultdict(list)
    for each in matchers(node):
        named[each.name].append(each.value if each.op is MatchOp.EQUAL else "")
    labels = NONE
    for name, values in named.items():
        labels = labels.with_values(name, values if len(values) == 1 else ["", *values])
    return labels


def _only_metric(node: Expr) -> str | None:
    return metric(node.vector_selector) if isinstance(node, pp.MatrixSelector) else None


def _unit_of_buckets(vector: Meaning) -> Unit | None:
    """The unit of what a histogram measures: of the name without ``_bucket``."""
    names = {metric(each.node) for each in vector.walk() if isinstance(each.node, pp.VectorSelector)}
    name = names.pop() if len(names) == 1 else None
    return unit_of_name(name.removesuffix("_bucket")) if name else None
