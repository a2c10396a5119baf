"""Differences of times of which only one side is divided: ``time() - x / 3600`` in place of ``(time() - x) / 3600``."""

import re
from dataclasses import dataclass

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.meaning.facts import Meaning
from stackproof.alerts.meaning.thresholds import threshold_of
from stackproof.alerts.promql.syntax_tree import bare, metrics, number

_MINUTE_S = 60
_LARGE = 1e8  # an age in seconds is smaller, a Unix time is larger
_UNIX_TIME = re.compile(
    r"timestamp|expir|not_?after|valid_until|deadline|_time(_seconds)?$|_at$|last_|created|boot_time"
)
_NO_UNIX_TIME = re.compile(r"_(minutes|hours|days)$")
_LESS = frozenset({"<", "<=", "!="})
_MORE = frozenset({">", ">=", "!="})


@dataclass(frozen=True, slots=True)
class DividedTime:
    """A comparison of such a difference with a number.

    Attributes:
        node: The comparison.
        is_true: Whether it is always true; else it is never true.
        reason: Why, to be read after a colon.
        fix: How to fix it.
    """

    node: pp.BinaryExpr
    is_true: bool
    reason: str
    fix: str


def divided_time(comparison: Meaning) -> DividedTime | None:
    """A comparison of such a difference with a small number; None if it is not one."""
    threshold = threshold_of(comparison)
    if threshold is None:
        return None
    difference = threshold.value.node
    while isinstance(difference, pp.AggregateExpr) and str(difference.op) in {"min", "max", "avg", "sum"}:
        difference = bare(difference.expr)
    if not isinstance(difference, pp.BinaryExpr) or str(difference.op) != "-" or abs(threshold.limit) >= _LARGE:
        return None
    (left, left_by, _), (right, right_by, _) = sides = _quotient(difference.lhs), _quotient(difference.rhs)
    if _is_time(left) is _is_time(right):
        return None
    time_by, other, other_by = (left_by, right, right_by) if _is_time(left) else (right_by, left, left_by)
    only_time = time_by >= _MINUTE_S * other_by
    if not (other_by >= _MINUTE_S * time_by or (only_time and _looks_like_time(other))):
        return None
    is_left = _is_time(left) is not only_time
    divided, whole = ("time()", _named(other)) if only_time else (_named(other), "time()")
    distance = "far above" if is_left else "and it is subtracted, so the value is far below"
    by = max(time_by, other_by)
    named = (f"{'time()' if _is_time(node) else 'x'}{f' / {unit:g}' if unit > 1 else ''}" for node, _, unit in sides)
    return DividedTime(
        threshold.node,
        threshold.op in (_MORE if is_left else _LESS),
        f"only {divided} is divided by {by:g}; {whole} is a Unix time in seconds, {distance} {threshold.limit:g}",
        f"put parentheses around the difference: ({' - '.join(named)}) / {by:g}",
    )


def _quotient(node: Expr) -> tuple[Expr, float, float]:
    """What is divided, by how many seconds, and by how much to get seconds: 1000 for milliseconds."""
    node, by = bare(node), 1.0
    while isinstance(node, pp.BinaryExpr) and str(node.op) == "/":
        divisor = number(node.rhs)
        if divisor is None or divisor <= 0:
            break
        node, by = bare(node.lhs), by * divisor
    for unit in (1e9, 1e6, 1e3):
        if by % (unit * _MINUTE_S) == 0 or by == unit:
            return node, by / unit, unit
    return node, by if by % _MINUTE_S == 0 else 1.0, 1.0


def _is_time(node: Expr) -> bool:
    return isinstance(node, pp.Call) and node.func.name == "time"


def _looks_like_time(node: Expr) -> bool:
    names = metrics(node)
    return bool(names) and all(_UNIX_TIME.search(name) and not _NO_UNIX_TIME.search(name) for name in names)


def _named(node: Expr) -> str:
    return ", ".join(sorted(metrics(node))) or "the other side"
