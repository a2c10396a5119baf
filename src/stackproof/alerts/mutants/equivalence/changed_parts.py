"""Finds where an edited expression differs from the original."""

from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.promql.syntax_tree import children


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """A node that contains the edit, before and after.

    Attributes:
        before: The node before.
        after: The node after.
        place: Its number among its parent's children, from the left.
    """

    before: Expr
    after: Expr
    place: int


def changed_parts(before: Expr, after: Expr, place: int = 0) -> Iterator[ChangedPart]:
    """The nodes that contain an edit, from the root to the innermost one that differs."""
    yield ChangedPart(before, after, place)
    old, new = children(before), children(after)
    if len(old) != len(new) or not _same_head(before, after):
        return
    pairs = [ChangedPart(*both, place) for place, both in enumerate(zip(old, new, strict=True))]
    differing = [each for each in pairs if each.before.prettify() != each.after.prettify()]
    if len(differing) == 1:
        yield from changed_parts(differing[0].before, differing[0].after, differing[0].place)


def _same_head(before: Expr, after: Expr) -> bool:
    """Whether two nodes differ at most in their children."""
    if isinstance(before, pp.BinaryExpr) and isinstance(after, pp.BinaryExpr):
        return str(before.op) == str(after.op)
    if isinstance(before, pp.Call) and isinstance(after, pp.Call):
        return before.func.name == after.func.name
    return type(before) is type(after)
