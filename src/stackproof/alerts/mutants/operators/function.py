"""Replaces a function by another one of the same samples."""

from collections.abc import Iterator

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.mutants.edits.promql_edits import edits
from stackproof.alerts.mutants.edits.promql_text import call_text
from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.alerts.promql.syntax_tree import arguments
from stackproof.model.monitoring import Rule

_OTHERS = {
    "rate": "increase",
    "irate": "increase",
    "increase": "rate",
    "delta": "deriv",
    "deriv": "delta",
    "avg_over_time": "max_over_time",
    "max_over_time": "min_over_time",
    "min_over_time": "max_over_time",
    "sum_over_time": "max_over_time",
    "count_over_time": "sum_over_time",
    "last_over_time": "max_over_time",
}


def function(rule: Rule) -> Iterator[RuleEdit]:
    """Edit each function over a range."""
    yield from edits(rule, _proposals)


def _proposals(node: Expr) -> Iterator[str]:
    if isinstance(node, pp.Call) and node.func.name in _OTHERS:
        yield call_text(_OTHERS[node.func.name], [each.prettify() for each in arguments(node)])
