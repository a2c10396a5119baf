"""Every expression of the checked files, as a syntax tree with its location."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of a rule or a dashboard.

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


def alerts(monitoring: Monitoring) -> Iterator[tuple[Rule, Expression]]:
    """Every alerting rule whose expression can be parsed, with that expression."""
    for rule in rules(monitoring, RuleKind.ALERT):
        expression = of_rule(rule)
        if expression is not None:
            yield rule, expression


def of_rule(rule: Rule) -> Expression | None:
    """The expression of a rule; None if it is not PromQL."""
    tree = parsed(rule.expr)
    return None if tree is None else Expression(rule.expr, tree, rule.at("expr"), rule)


def expressions(monitoring: Monitoring) -> Iterator[Expression]:
    """Every expression of rules and dashboards that can be parsed."""
    for rule in rules(monitoring):
        expression = of_rule(rule)
        if expression is not None:
            yield expression
    for query in monitoring.dashboards:
        text = without_variables(query.expr)
        tree = parsed(text)
        if tree is not None:
            yield Expression(text, tree, query.where, query)


def without_variables(expr: str) -> str:
    """An expression of a dashboard with a plausible value for each of Grafana's variables."""
    return _VARIABLE.sub(_filled, expr)


def _filled(found: re.Match[str]) -> str:
    name = found.group(1) or found.group(2) or found.group(3)
    before = found.string[: found.start()].rstrip()
    in_range = before.endswith(("[", ":", "offset")) and before.count('"') % 2 == 0
    return "5m" if in_range or _TIME.fullmatch(name) else f"{FILLED}{name}"
