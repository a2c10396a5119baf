"""Drops or negates a label matcher, or changes its value."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.promql_edits import edits
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.node_text import matcher_text, op_text, selector_text, span_ms
from stackproof.alerts.promql.syntax_tree import matchers
from stackproof.alerts.routing.implication import literals
from stackproof.model.monitoring import LabelMatcher, MatchOp, Rule

NEGATED = {
    MatchOp.EQUAL: MatchOp.NOT_EQUAL,
    MatchOp.NOT_EQUAL: MatchOp.EQUAL,
    MatchOp.REGEX: MatchOp.NOT_REGEX,
    MatchOp.NOT_REGEX: MatchOp.REGEX,
}
_MOST_ALTERNATIVES = 4


def matcher(rule: Rule) -> Iterator[RuleEdit]:
    """Edit each label matcher of an expression."""
    yield from edits(rule, _proposals)


def _proposals(node: Expr) -> Iterator[str]:
    """The selector inside a range is a separate node, so ranges need no proposals."""
    if not isinstance(node, pp.VectorSelector):
        return
    conditions = matchers(node)
    for place, condition in enumerate(conditions):
        for other in (None, *others(condition)):
            kept = [*conditions[:place], *([] if other is None else [other]), *conditions[place + 1 :]]
            yield selector_text(node, ",".join(_texts(node, kept)), span_ms(node.offset))


def _texts(node: pp.VectorSelector, kept: list[LabelMatcher]) -> Iterator[str]:
    if not node.name:
        named = (each for each in node.matchers.matchers if each.name == "__name__")
        yield from (matcher_text(each.name, op_text(each.op), each.value) for each in named)
    yield from (matcher_text(each.name, each.op.value, each.value) for each in kept)


def others(condition: LabelMatcher) -> Iterator[LabelMatcher]:
    """The negated matcher, and the matcher with other values or, if it has several, with each alternative dropped."""
    name, op, value = condition.name, condition.op, condition.value
    yield LabelMatcher(name, NEGATED[op], value)
    alternatives = sorted(literals(value) or ()) if op in {MatchOp.REGEX, MatchOp.NOT_REGEX} else []
    if 1 < len(alternatives) <= _MOST_ALTERNATIVES:
        for dropped in alternatives:
            yield LabelMatcher(name, op, "|".join(each for each in alternatives if each != dropped))
    else:
        yield LabelMatcher(name, op, f"{value}-other" if value else "other")
