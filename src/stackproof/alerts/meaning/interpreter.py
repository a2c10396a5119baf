"""Interprets expressions: the facts about each node follow from those about the nodes below it.

An abstract interpretation (P. Cousot and R. Cousot, "Abstract interpretation", POPL 1977): every value that Prometheus
can compute is within the facts, though not every value within the facts can be computed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.meaning.aggregations import aggregated
from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, point
from stackproof.alerts.meaning.calls import called
from stackproof.alerts.meaning.facts import (
    NEVER,
    Facts,
    Meaning,
    Part,
    Presence,
    Remark,
    RemarkKind,
    ValueKind,
    merged,
    scalar,
)
from stackproof.alerts.meaning.joining import joined
from stackproof.alerts.meaning.labels import NONE
from stackproof.alerts.meaning.operators import computed
from stackproof.alerts.meaning.series import (
    Assumptions,
    recorded_labels_added,
    scraped_labels,
    selected_labels,
    value_bounds,
)
from stackproof.alerts.meaning.unit import unit_of_name
from stackproof.alerts.promql.syntax_tree import arguments, bare, metric, parsed, selectors
from stackproof.model.monitoring import Rule

_MAX_RECORDS_DEEP = 40  # of records that are made of records; people write three


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
    _depth: int = 0

    def meaning(self, node: Expr) -> Meaning:
        """A node of an expression, and all below it, with their facts."""
        node = bare(node)
        match node:
            case pp.BinaryExpr():
                found = self._binary(node)
            case pp.AggregateExpr():
                found = self._aggregate(node)
            case pp.Call():
                inputs = tuple(self.meaning(each) for each in arguments(node))
                found = Meaning(node, called(node, inputs, self.assumed), inputs)
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
                found = Meaning(node, scalar(point(node.val)))
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

    def _aggregate(self, node: pp.AggregateExpr) -> Meaning:
        inner = self.meaning(node.expr)
        inputs = (inner,) if node.param is None else (self.meaning(node.param), inner)
        return Meaning(node, aggregated(node, inner.facts, customs=self.assumed.customs), inputs)

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
        return Meaning(node, NEVER, (), (remark,))

    def _recording(self, name: str) -> Facts | None:
        """The facts about a recorded metric; None if nothing records it, or it is recorded from itself."""
        if name not in self.records:
            return None
        if name not in self._recorded and self._depth < _MAX_RECORDS_DEEP:
            self._recorded[name] = None  # until it is known: a metric recorded from itself may have any value
            self._depth += 1
            self._recorded[name] = self._union(self.records[name])
            self._depth -= 1
        return self._recorded.get(name)

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


def _has_scalar(left: Meaning, right: Meaning) -> bool:
    return ValueKind.SCALAR in {left.facts.kind, right.facts.kind}


def _mapped(facts: Facts, change: Callable[[Part], Part]) -> Facts:
    return replace(facts, parts=tuple(change(part) for part in facts.parts))


def _negated(part: Part) -> Part:
    return replace(part, bounds=part.bounds.negated(), now=-part.now, labels=part.labels, origin="")
