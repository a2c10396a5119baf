"""Comparisons of a value with a number, wherever they stand in an expression."""

from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as pp

from stackproof.alerts.meaning.facts import Meaning, ValueKind
from stackproof.alerts.meaning.operators import MIRRORED, returns_bool
from stackproof.alerts.promql.syntax_tree import COMPARISONS, metric


@dataclass(frozen=True, slots=True)
class Threshold:
    """A comparison with a number, normalised so that the number is on the right.

    Attributes:
        value: The compared value.
        op: The operator.
        limit: The number.
        node: The comparison.
    """

    value: Meaning
    op: str
    limit: float
    node: pp.BinaryExpr

    @property
    def metrics(self) -> frozenset[str]:
        """Every metric that the value is computed from."""
        return metrics_of(self.value)

    @property
    def is_computed(self) -> bool:
        """Whether arithmetic made the value, so that its unit is what somebody wrote there, not what a name says."""
        return any(isinstance(each.node, pp.BinaryExpr) for each in self.value.walk())


def metrics_of(meaning: Meaning) -> frozenset[str]:
    """Every metric that a value is computed from."""
    named = (metric(each.node) for each in meaning.walk() if isinstance(each.node, pp.VectorSelector))
    return frozenset(name for name in named if name)


def thresholds(meaning: Meaning) -> Iterator[Threshold]:
    """Every comparison with a constant number in an expression."""
    for each in meaning.walk():
        found = threshold_of(each)
        if found is not None:
            yield found


def threshold_of(meaning: Meaning) -> Threshold | None:
    """A node as a comparison with a constant number; None if it is not one."""
    node = meaning.node
    if not isinstance(node, pp.BinaryExpr) or str(node.op) not in COMPARISONS or returns_bool(node):
        return None
    left, right = meaning.inputs
    op = str(node.op)
    if _is_number(right) and not _is_number(left):
        return Threshold(left, op, right.facts.parts[0].bounds.low, node)
    if _is_number(left) and not _is_number(right):
        return Threshold(right, MIRRORED.get(op, op), left.facts.parts[0].bounds.low, node)
    return None


def _is_number(meaning: Meaning) -> bool:
    if meaning.facts.kind is not ValueKind.SCALAR:
        return False
    (part,) = meaning.facts.parts
    return part.bounds.low == part.bounds.high and not part.now and not part.bounds.nan
