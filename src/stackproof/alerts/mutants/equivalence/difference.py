"""Where two expressions differ, of which one was made of the other by an edit in one place."""

from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.promql.tree import children


@dataclass(frozen=True, slots=True)
class Pair:
    """A part in which the edit lies, and what it is afterwards.

    Attributes:
        before: The part before.
        after: The part after.
        place: Which part of its parent it is, from the left.
    """

    before: Expr
    after: Expr
    place: int


def difference(before: Expr, after: Expr, place: int = 0) -> Iterator[Pair]:
    """The parts in which an edit lies, from the whole to the innermost that differs."""
    yield Pair(before, after, place)
    mine, theirs = children(before), children(after)
    if len(mine) != len(theirs) or not _same_head(before, after):
        return
    pairs = [Pair(*both, place) for place, both in enumerate(zip(mine, theirs, strict=True))]
    differing = [each for each in pairs if each.before.prettify() != each.after.prettify()]
    if len(differing) == 1:
        yield from difference(differing[0].before, differing[0].after, differing[0].place)


def _same_head(before: Expr, after: Expr) -> bool:
    """Whether two nodes differ in their parts at most."""
    if isinstance(before, pp.BinaryExpr) and isinstance(after, pp.BinaryExpr):
        return str(before.op) == str(after.op)
    if isinstance(before, pp.Call) and isinstance(after, pp.Call):
        return before.func.name == after.func.name
    return type(before) is type(after)
