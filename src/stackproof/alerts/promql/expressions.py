"""Every expression of the checked files, as a syntax tree with its location."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from promql_parser import Expr

from stackproof.alerts.check import Monitoring
from stackproof.alerts.promql.syntax_tree import parsed
from stackproof.model import Location
from stackproof.model.monitoring import DashboardQuery, Rule, RuleKind

# https://grafana.com/docs/grafana/latest/dashboards/variables/: $name, ${name}, ${name:format}, [[name]].
_VARIABLE = re.compile(r"\$\{(\w+)(?::\w+)?\}|\[\[(\w+)(?::\w+)?\]\]|\$(\w+)")
_TIME = re.compile(r"__(rate_)?interval|__range|.*(interval|range|window|period|duration|resolution).*", re.IGNORECASE)
FILLED = "var_"
"""What stands for a variable of a dashboard begins so."""


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """An expression of a rule or a dashboard; each is made once, and equal to itself alone.

    Attributes:
        text: The text from the file, with Grafana's variables filled in.
        tree: Its syntax tree.
        where: The line on which its text begins.
        owner: The rule or query that it belongs to.
    """

    text: str
    tree: Expr
    where: Location
    owner: Rule | DashboardQuery

    def at(self, part: str) -> Location:
        """The line on which a name first appears in it, or the line of the expression if it does not.

        JSON has no line breaks in strings, so an expression of a dashboard is on one line.
        """
        if isinstance(self.owner, DashboardQuery):
            return self.where
        found = re.search(rf"(?<![\w:]){re.escape(part)}(?![\w:])", self.text)
        if found is None or self.where.line is None:
            return self.where
        return Location(self.where.file, self.where.line + self.text[: found.start()].count("\n"))


def rules(monitoring: Monitoring, kind: RuleKind | None = None) -> Iterator[Rule]:
    """Every rule, or every rule of one kind, in the order of the files."""
    for group in monitoring.groups:
        yield from (rule for rule in group.rules if kind is None or rule.kind is kind)


def rules_with_expressions(monitoring: Monitoring) -> Iterator[tuple[Rule, Expression]]:
    """Every rule whose expression can be parsed, with that expression."""
    yield from _of_rules(monitoring)


def alerts(monitoring: Monitoring) -> Iterator[tuple[Rule, Expression]]:
    """Every alerting rule whose expression can be parsed, with that expression."""
    yield from (pair for pair in _of_rules(monitoring) if pair[0].kind is RuleKind.ALERT)


def expressions(monitoring: Monitoring) -> Iterator[Expression]:
    """Every expression of rules and dashboards that can be parsed."""
    yield from (expression for _, expression in _of_rules(monitoring))
    yield from _of_dashboards(monitoring)


@lru_cache(maxsize=2)
def _of_rules(monitoring: Monitoring) -> tuple[tuple[Rule, Expression], ...]:
    found = ((rule, parsed(rule.expr)) for rule in rules(monitoring))
    return tuple((rule, Expression(rule.expr, tree, rule.at("expr"), rule)) for rule, tree in found if tree is not None)


@lru_cache(maxsize=2)
def _of_dashboards(monitoring: Monitoring) -> tuple[Expression, ...]:
    filled = ((query, without_variables(query.expr)) for query in monitoring.dashboards)
    found = ((query, text, parsed(text)) for query, text in filled)
    return tuple(Expression(text, tree, query.where, query) for query, text, tree in found if tree is not None)


def without_variables(expr: str) -> str:
    """An expression of a dashboard with a plausible value for each of Grafana's variables."""
    return _VARIABLE.sub(_filled, expr)


def _filled(found: re.Match[str]) -> str:
    name = found.group(1) or found.group(2) or found.group(3)
    before = found.string[: found.start()].rstrip()
    in_range = before.endswith(("[", ":", "offset")) and before.count('"') % 2 == 0
    return "5m" if in_range or _TIME.fullmatch(name) else f"{FILLED}{name}"
