"""A condition on a label that is dropped, turned round, or asks for another value."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.tree import edits
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.text import matcher_text, op_text, selector_text, span_ms
from stackproof.alerts.promql.tree import matchers
from stackproof.alerts.routing.implication import literals
from stackproof.model.alerting import LabelMatcher, MatchOp, Rule

NEGATED = {
    MatchOp.EQUAL: MatchOp.NOT_EQUAL,
    MatchOp.NOT_EQUAL: MatchOp.EQUAL,
    MatchOp.REGEX: MatchOp.NOT_REGEX,
    MatchOp.NOT_REGEX: MatchOp.REGEX,
}
_MOST_ALTERNATIVES = 4


def matcher(rule: Rule) -> Iterator[RuleEdit]:
    """Edit each condition on a label."""
    yield from edits(rule, _proposals)


def _proposals(node: Expr) -> Iterator[str]:
    """A range's selector is a node of its own, so that ranges need no proposals."""
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
    """The condition turned round, and with other values; each alternative of a regular expression is missed once."""
    name, op, value = condition.name, condition.op, condition.value
    yield LabelMatcher(name, NEGATED[op], value)
    alternatives = sorted(literals(value) or ()) if op in {MatchOp.REGEX, MatchOp.NOT_REGEX} else []
    if 1 < len(alternatives) <= _MOST_ALTERNATIVES:
        for missed in alternatives:
            yield LabelMatcher(name, op, "|".join(each for each in alternatives if each != missed))
    else:
        yield LabelMatcher(name, op, f"{value}-other" if value else "other")
