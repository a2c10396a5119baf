"""What a running Prometheus is to be asked, so that rules and dashboards are known to have data.

A record and a panel are asked as they stand. An alert is silent while all is well: what it compares is asked instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.check import Monitoring
from stackproof.alerts.compression.promql import compress_promql
from stackproof.alerts.promql.expressions import rules, without_variables
from stackproof.alerts.promql.text import parse_promql
from stackproof.alerts.promql.tree import COMPARISONS, SET_OPERATORS, bare, is_scalar, walk
from stackproof.model import Location
from stackproof.model.alerting import RuleKind


@dataclass(frozen=True, slots=True)
class Question:
    """An expression that has data while the stack works.

    Attributes:
        text: PromQL.
        owner: Name of the alert, the recorded metric or the panel that it is from.
        where: Its place.
    """

    text: str
    owner: str
    where: Location

    def __str__(self) -> str:
        return f"{self.where}: {self.owner} has no data: {self.text}"


def questions(monitoring: Monitoring, factor: float = 1.0) -> Iterator[Question]:
    """Every question to which rules and dashboards need an answer.

    Args:
        monitoring: The files.
        factor: How many times as fast the clock of the Prometheus goes that is asked.

    Raises:
        DeclarationError: An expression is no PromQL, or cannot be asked on that clock; the error names file and line.
    """
    for rule in rules(monitoring):
        where = rule.at("expr")
        tree = _on_clock(rule.expr, factor, where)
        parts = compared(tree) if rule.kind is RuleKind.ALERT else (tree,)
        yield from (Question(part.prettify(), rule.name, where) for part in parts)
    for query in monitoring.dashboards:
        tree = _on_clock(without_variables(query.expr), factor, query.where)
        yield Question(tree.prettify(), query.panel or query.dashboard, query.where)


def _on_clock(expr: str, factor: float, where: Location) -> Expr:
    return parse_promql(expr if factor == 1 else compress_promql(expr, factor, where), where)


def compared(node: Expr) -> Iterator[Expr]:
    """The parts that an alert compares; the whole of it where it compares nothing. Numbers always have data."""
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
