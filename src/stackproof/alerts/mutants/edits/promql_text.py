"""Writes edited nodes of PromQL as text."""

from typing import cast

import promql_parser as pp
from promql_parser import Expr


def number_text(number: float) -> str:
    """A number without needless digits."""
    return f"{number:.12g}"


def binary_text(node: pp.BinaryExpr, *, op: str | None = None, lhs: str | None = None, rhs: str | None = None) -> str:
    """A binary expression with some of its three parts changed."""
    left = node.lhs.prettify() if lhs is None else lhs
    right = node.rhs.prettify() if rhs is None else rhs
    return f"{left} {op or node.op}{modifier_text(node.modifier)} {right}"


def modifier_text(modifier: pp.BinModifier | None) -> str:
    """The text between an operator and its right side."""
    if modifier is None:
        return ""
    matching = ""
    if modifier.matching is not None:
        keyword = "on" if modifier.matching.type == pp.LabelModifierType.Include else "ignoring"
        matching = f" {keyword} ({', '.join(modifier.matching.labels)})"
    return (" bool" if modifier.return_bool else "") + matching + _group(modifier)


def _group(modifier: pp.BinModifier) -> str:
    labels = f" ({', '.join(modifier.group_labels or [])})"
    if modifier.card == pp.VectorMatchCardinality.ManyToOne:
        return f" group_left{labels}"
    return f" group_right{labels}" if modifier.card == pp.VectorMatchCardinality.OneToMany else ""


def aggregate_text(
    node: pp.AggregateExpr,
    *,
    op: str | None = None,
    param: str | None = None,
    keyword: str | None = None,
    labels: list[str] | None = None,
) -> str:
    """An aggregation with some of its parts changed.

    Args:
        node: The aggregation.
        op: Another operator.
        param: Another parameter, such as the 3 of ``topk``.
        keyword: ``by`` or ``without``.
        labels: Other labels after it.
    """
    parameter = cast("Expr | None", node.param)
    params = [] if parameter is None else [parameter.prettify() if param is None else param]
    inner = f"({', '.join([*params, node.expr.prettify()])})"
    if node.modifier is None:
        return f"{op or node.op}{inner}"
    names = node.modifier.labels if labels is None else labels
    return f"{op or node.op} {keyword or grouping_keyword(node)} ({', '.join(names)}) {inner}"


def grouping_keyword(node: pp.AggregateExpr) -> str:
    """``by`` or ``without``."""
    by = node.modifier is None or node.modifier.type == pp.AggModifierType.By
    return "by" if by else "without"


def call_text(name: str, arguments: list[str]) -> str:
    """A function call."""
    return f"{name}({', '.join(arguments)})"
