"""The queries that show whether the rules and dashboards of a running Prometheus have data.

A recording rule and a panel are queried as they are. An alert gives nothing while all is healthy, so the values that it
compares are queried instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.check import Monitoring
from stackproof.alerts.compression.compressed_promql import compress_promql
from stackproof.alerts.promql.expressions import rules, without_variables
from stackproof.alerts.promql.node_text import parse_promql
from stackproof.alerts.promql.syntax_tree import COMPARISONS, SET_OPERATORS, bare, is_scalar, walk
from stackproof.model import Location
from stackproof.model.monitoring import RuleKind


@dataclass(frozen=True, slots=True)
class DataQuery:
    """An expression that has data while the stack works.

    Attributes:
        text: PromQL.
        owner: The alert, recorded metric or panel that it comes from.
        where: Where that is declared.
    """

    text: str
    owner: str
    where: Location

    def __str__(self) -> str:
        return f"{self.where}: {self.owner} has no data: {self.text}"


def data_queries(monitoring: Monitoring, factor: float = 1.0) -> Iterator[DataQuery]:
    """Every query that must have data for the rules and dashboards to work.

    Args:
        monitoring: The files.
        factor: How many times faster than real time the queried Prometheus runs.

    Raises:
        DeclarationError: An expression is not PromQL, or has no meaning on that clock; the error names file and line.
    """
    for rule in rules(monitoring):
        where = rule.at("expr")
        tree = _on_clock(rule.expr, factor, where)
        parts = compared(tree) if rule.kind is RuleKind.ALERT else (tree,)
        yield from (DataQuery(part.prettify(), rule.name, where) for part in parts)
    for query in monitoring.dashboards:
        tree = _on_clock(without_variables(query.expr), factor, query.where)
        yield DataQuery(tree.prettify(), query.panel or query.dashboard, query.where)


def _on_clock(expr: str, factor: float, where: Location) -> Expr:
    return parse_promql(expr if factor == 1 else compress_promql(expr, factor, where), where)


def compared(node: Expr) -> Iterator[Expr]:
    """The parts that an alert compares, or all of it if it compares nothing. Numbers are left out: they have data."""
    node = bare(node)
    if isinstance(node, pp.AggregateExpr) and _compares(node.expr):
        yield from compared(node.expr)
    elif isinstance(node, pp.BinaryExpr) and str(node.op) in COMPARISONS | SET_OPERATORS and _compares(node):
        yield from compared(node.lhs)
        yield from compared(node.rhs)
    elif not is_scalar(node):
        yield node


def _compares(node: Expr) -> bool:
    return any(isinstance(visit.node, pp.BinaryExpr) and str(visit.node.op) in COMPARISONS for visit in walk(node))
