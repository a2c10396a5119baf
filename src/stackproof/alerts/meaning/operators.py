"""Binary operators on bounds and units: arithmetic and comparisons of one part with another."""

import math
from dataclasses import replace

import promql_parser as pp

from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds, compared, of_comparison, point
from stackproof.alerts.meaning.facts import Facts, Part, Presence, Remark, RemarkKind, ValueKind, absolute
from stackproof.alerts.meaning.unit import Unit
from stackproof.alerts.promql.syntax_tree import COMPARISONS, number

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_TRUTH = Bounds(0.0, 1.0)


def returns_bool(node: pp.BinaryExpr) -> bool:
    """Whether a comparison gives 0 or 1 in place of filtering."""
    return node.modifier is not None and bool(node.modifier.return_bool)


def computed(node: pp.BinaryExpr, left: Facts, right: Facts) -> tuple[Facts, tuple[Remark, ...]]:
    """An operator of which at least one side is a scalar."""
    op = str(node.op)
    if ValueKind.VECTOR not in {left.kind, right.kind}:
        (mine,), (theirs,) = left.parts, right.parts
        bounds = _truth(op, mine, theirs) if op in COMPARISONS else None
        part = Part(mine.labels, bounds, Presence.SURE) if bounds else arithmetic(node, mine, theirs)
        return Facts(ValueKind.SCALAR, (part,), Presence.SURE), ()
    swapped = left.kind is ValueKind.SCALAR
    vector, (scalar,) = (right, left.parts) if swapped else (left, right.parts)
    if op not in COMPARISONS:
        parts = (arithmetic(node, *((scalar, each) if swapped else (each, scalar))) for each in vector.parts)
        kept = (
            replace(part, labels=given.labels, presence=given.presence)
            for part, given in zip(parts, vector.parts, strict=True)
        )
        return Facts(ValueKind.VECTOR, tuple(kept), vector.presence), ()
    op = MIRRORED.get(op, op) if swapped else op
    verdicts = [op == "!=" if _is_nan(node) else verdict(op, part, scalar) for part in vector.parts]
    remarks = comparison_remarks(node, op, verdicts, vector, Facts(ValueKind.SCALAR, (scalar,), Presence.SURE))
    if returns_bool(node):
        parts_of_bool = tuple(_as_bool(part, op, scalar) for part in vector.parts)
        return Facts(ValueKind.VECTOR, parts_of_bool, vector.presence), remarks
    pairs = zip(vector.parts, verdicts, strict=True)
    left_over = tuple(filtered(part, op, scalar, is_true) for part, is_true in pairs if is_true is not False)
    presence = vector.presence if verdicts and all(verdicts) else strongest(left_over)
    return Facts(ValueKind.VECTOR, left_over, presence), remarks


def _is_nan(node: pp.BinaryExpr) -> bool:
    """Whether one side is the number NaN: nothing equals it, nothing is above or below it."""
    values = (number(node.lhs), number(node.rhs))
    return any(value is not None and math.isnan(value) for value in values)


def strongest(parts: tuple[Part, ...]) -> Presence:
    """The presence of a result with these parts."""
    return max((part.presence for part in parts), default=Presence.DEPENDS)


def verdict(op: str, left: Part, right: Part) -> bool | None:
    """Whether a comparison of two parts is always or never true; None if that depends on the values."""
    if left.now == right.now:
        return compared(op, left.bounds, right.bounds)
    return compared(op, absolute(left), absolute(right))


def filtered(part: Part, op: str, limit: Part, is_true: bool | None) -> Part:  # noqa: FBT001 - a verdict
    """What a comparison leaves of a part."""
    if part.now or limit.now:
        bounds: Bounds | None = part.bounds
    else:
        allowed = of_comparison(op, limit.bounds)
        bounds = allowed and part.bounds.overlap(allowed)
    presence = part.presence if is_true else Presence.DEPENDS
    return replace(part, bounds=bounds or part.bounds, presence=presence)


def _as_bool(part: Part, op: str, limit: Part) -> Part:
    return replace(part, bounds=_truth(op, part, limit), now=0.0, unit=None, origin="")


def _truth(op: str, left: Part, right: Part) -> Bounds:
    found = verdict(op, left, right)
    return _TRUTH if found is None else point(float(found))


def truth(op: str, left: Part, right: Part) -> Bounds:
    """The bounds of a comparison with ``bool``."""
    return _truth(op, left, right)


def comparison_remarks(
    node: pp.BinaryExpr, op: str, verdicts: list[bool | None], left: Facts, right: Facts
) -> tuple[Remark, ...]:
    """What is odd about a comparison, if all of its parts agree."""
    if not verdicts or verdicts[0] is None or any(each is not verdicts[0] for each in verdicts):
        return ()
    kind = RemarkKind.ALWAYS_TRUE if verdicts[0] else RemarkKind.NEVER_TRUE
    word = "always" if verdicts[0] else "never"
    return (Remark(kind, node, f"{left.bounds} is {word} {op} {right.bounds}"),)


def arithmetic(node: pp.BinaryExpr, left: Part, right: Part) -> Part:
    """A value computed from two; the labels and presence are those of the left part."""
    op = str(node.op)
    if op in {"+", "-"}:
        sign = 1 if op == "+" else -1
        bounds = left.bounds.plus(right.bounds) if op == "+" else left.bounds.minus(right.bounds)
        now = left.now + sign * right.now
        return replace(left, bounds=bounds, now=now, unit=_unit_of_sum(op, left, right), origin="")
    factor = _factor(op, left, right)
    if factor is not None:
        scaled = left if right.bounds.low == right.bounds.high and not right.now else right
        bounds = _calculated(op, left.bounds, right.bounds)
        return replace(left, bounds=bounds, now=scaled.now * factor, unit=_unit(node, left, right), origin="")
    bounds = _calculated(op, absolute(left), absolute(right))
    return replace(left, bounds=bounds, now=0.0, unit=_unit(node, left, right), origin="")


def _factor(op: str, left: Part, right: Part) -> float | None:
    """The constant by which one side multiplies the other; None if neither is constant."""
    value = right.bounds.low
    if right.bounds.low == right.bounds.high and not right.now and op in {"*", "/"} and value != 0:
        return value if op == "*" else 1 / value
    value = left.bounds.low
    return value if left.bounds.low == left.bounds.high and not left.now and op == "*" else None


def _calculated(op: str, left: Bounds, right: Bounds) -> Bounds:
    if op == "*":
        return left.times(right)
    if op == "/":
        return left.over(right)
    if op == "%":
        return left.modulo(right)
    return left.power(right) if op == "^" else ANY_VALUE


def _unit_of_sum(op: str, left: Part, right: Part) -> Unit | None:
    if left.unit is None or right.unit is None:  # a number has the unit of what it is added to
        number_side, other = (left, right) if left.unit is None else (right, left)
        constant = number_side.bounds.low == number_side.bounds.high
        return other.unit if constant else None
    if not left.unit.is_like(right.unit) or left.unit.scale != right.unit.scale:
        return None
    return replace(left.unit, epoch=op == "+" and (left.unit.epoch or right.unit.epoch))


def _unit(node: pp.BinaryExpr, left: Part, right: Part) -> Unit | None:
    op = str(node.op)
    if op not in {"*", "/"}:
        return left.unit if op == "%" else None
    factor = number(node.rhs)
    if factor is not None:
        return left.unit.scaled(factor if op == "*" else 1 / factor) if left.unit and factor else None
    factor = number(node.lhs)
    if factor is not None and op == "*":
        return right.unit and right.unit.scaled(factor)
    if left.unit is None or right.unit is None:
        return None
    return left.unit.times(right.unit) if op == "*" else left.unit.over(right.unit)
