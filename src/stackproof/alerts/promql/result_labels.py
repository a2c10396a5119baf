"""Which labels the result of an expression can have.

Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching and `resultMetric` of
https://github.com/prometheus/prometheus/blob/main/promql/engine.go.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.promql.syntax_tree import SET_OPERATORS, arguments, bare, is_scalar, matchers, metric, parsed
from stackproof.model.monitoring import MatchOp, RuleGroup, RuleKind

_KEEP_ALL = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_ABSENT = frozenset({"absent", "absent_over_time"})
_SETS_LABEL = frozenset({"label_replace", "label_join"})


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The set of labels that series can have.

    Attributes:
        only: The only possible labels; None if any label is possible.
        never: If any label is possible: the exceptions.
    """

    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()

    def can_have(self, label: str) -> bool:
        """False if no series can have the label."""
        return label in self.only if self.only is not None else label not in self.never

    def limited(self, names: Iterable[str]) -> "LabelSet":
        """Only those of these labels that are possible."""
        return LabelSet(frozenset(name for name in names if self.can_have(name)))

    def lacking(self, names: Iterable[str]) -> "LabelSet":
        """Without these labels."""
        gone = frozenset(names)
        return LabelSet(None, self.never | gone) if self.only is None else LabelSet(self.only - gone)

    def having(self, names: Iterable[str]) -> "LabelSet":
        """With these labels added."""
        more = frozenset(names)
        return LabelSet(None, self.never - more) if self.only is None else LabelSet(self.only | more)

    def either(self, other: "LabelSet") -> "LabelSet":
        """The labels that are possible in either set."""
        if self.only is not None and other.only is not None:
            return LabelSet(self.only | other.only)
        if self.only is None and other.only is None:
            return LabelSet(None, self.never & other.never)
        limited, free = (self.only, other) if self.only is not None else (other.only, self)
        return free.having(limited or frozenset())

    def both(self, other: "LabelSet") -> "LabelSet":
        """The labels that are possible in both sets."""
        if self.only is not None:
            return LabelSet(frozenset(name for name in self.only if other.can_have(name)))
        if other.only is not None:
            return other.both(self)
        return LabelSet(None, self.never | other.never)


ANY = LabelSet()
NONE = LabelSet(frozenset())


def recorded_labels(groups: Iterable[RuleGroup]) -> Mapping[str, LabelSet]:
    """Labels that recorded metrics can have, by metric, as far as the rules show."""
    rules = [rule for group in groups for rule in group.rules if rule.kind is RuleKind.RECORD]
    known: dict[str, LabelSet] = {}
    for rule in rules:
        tree = parsed(rule.expr)
        # A metric that is recorded later, or from itself, counts as one that can have any label: a safe assumption.
        found = (ANY if tree is None else labels_of(tree, known)).having(rule.labels)
        known[rule.name] = known[rule.name].either(found) if rule.name in known else found
    return known


def labels_of(node: Expr, recorded: Mapping[str, LabelSet]) -> LabelSet:
    """Labels that the result of an expression can have.

    Args:
        node: The expression.
        recorded: Labels of recorded metrics.
    """
    node = bare(node)
    if isinstance(node, pp.UnaryExpr | pp.SubqueryExpr):
        return labels_of(node.expr, recorded)
    if isinstance(node, pp.MatrixSelector | pp.VectorSelector):
        return _selected(node.vector_selector if isinstance(node, pp.MatrixSelector) else node, recorded)
    if isinstance(node, pp.AggregateExpr):
        return _aggregated(node, recorded)
    if isinstance(node, pp.Call):
        return _called(node, recorded)
    if isinstance(node, pp.BinaryExpr):
        return _joined(node, recorded)
    return NONE


def _selected(selector: pp.VectorSelector, recorded: Mapping[str, LabelSet]) -> LabelSet:
    found = recorded.get(metric(selector) or "", ANY)
    return found.lacking(each.name for each in matchers(selector) if each.op is MatchOp.EQUAL and not each.value)


def _aggregated(node: pp.AggregateExpr, recorded: Mapping[str, LabelSet]) -> LabelSet:
    inner, op = labels_of(node.expr, recorded), str(node.op)
    if op in _KEEP_ALL:
        return inner
    if node.modifier is None:
        found = NONE
    elif node.modifier.type == pp.AggModifierType.By:
        found = inner.limited(node.modifier.labels)
    else:
        found = inner.lacking(node.modifier.labels)
    if op == "count_values" and isinstance(node.param, pp.StringLiteral):
        return found.having([node.param.val])
    return found


def _called(node: pp.Call, recorded: Mapping[str, LabelSet]) -> LabelSet:
    name, given = node.func.name, arguments(node)
    vectors = [each for each in given if not is_scalar(each) and not isinstance(each, pp.StringLiteral)]
    if name == "info":
        return ANY
    if not vectors or is_scalar(node):
        return NONE
    if name in _ABSENT:
        return _absent(bare(vectors[0]))
    inner = labels_of(vectors[0], recorded)
    if name == "histogram_quantile":
        return inner.lacking(["le"])
    if name in _SETS_LABEL and isinstance(given[1], pp.StringLiteral):
        return inner.having([given[1].val])
    return inner


def _absent(node: Expr) -> LabelSet:
    """``absent`` gives the labels that its selector fixes by ``=``, if the selector names them only once."""
    if isinstance(node, pp.MatrixSelector):
        node = node.vector_selector
    if not isinstance(node, pp.VectorSelector):
        return NONE
    if node.matchers.or_matchers:
        return ANY
    names = [each.name for each in matchers(node)]
    fixed = (each for each in matchers(node) if each.op is MatchOp.EQUAL and each.value)
    return LabelSet(frozenset(each.name for each in fixed if names.count(each.name) == 1))


def _joined(node: pp.BinaryExpr, recorded: Mapping[str, LabelSet]) -> LabelSet:
    left, right = labels_of(node.lhs, recorded), labels_of(node.rhs, recorded)
    if is_scalar(node.lhs):
        return right
    if is_scalar(node.rhs):
        return left
    if str(node.op) in SET_OPERATORS:
        return left.either(right) if str(node.op) == "or" else left
    return _matched(left, right, node.modifier)


def _matched(left: LabelSet, right: LabelSet, modifier: pp.BinModifier | None) -> LabelSet:
    if modifier is not None and modifier.card == pp.VectorMatchCardinality.ManyToOne:
        return _grouped(left, right, modifier)
    if modifier is not None and modifier.card == pp.VectorMatchCardinality.OneToMany:
        return _grouped(right, left, modifier)
    both = left.both(right)
    matching = modifier.matching if modifier else None
    if matching is None:
        return both
    if matching.type == pp.LabelModifierType.Include:
        return both.limited(matching.labels)
    return both.lacking(matching.labels)


def _grouped(many: LabelSet, one: LabelSet, modifier: pp.BinModifier) -> LabelSet:
    """The labels of the "many" side, plus those that ``group_left`` or ``group_right`` copies from the other side."""
    names = modifier.group_labels or []
    return many.lacking(names).having(name for name in names if one.can_have(name))
