"""The meaning of every expression of the checked files: what is certain of it, and what is likely."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from promql_parser import Expr

from stackproof.alerts.check import Monitoring
from stackproof.alerts.finding import Confidence
from stackproof.alerts.meaning.facts import Meaning, Remark, RemarkKind
from stackproof.alerts.meaning.interpreter import Interpreter
from stackproof.alerts.meaning.series import Assumptions, exported_labels
from stackproof.alerts.promql.expressions import Expression, alerts, expressions, rules, rules_with_expressions
from stackproof.alerts.promql.metric_names import metric_types
from stackproof.alerts.promql.positions import offsets
from stackproof.model import Location
from stackproof.model.monitoring import DashboardQuery, Rule, RuleKind


@dataclass(frozen=True)
class Reading:
    """An expression and its meaning.

    Attributes:
        expression: The expression.
        likely: Its meaning if names mean what they usually mean.
        interpreter: Finds what is certain.
    """

    expression: Expression
    likely: Meaning
    interpreter: Interpreter

    @cached_property
    def certain(self) -> Meaning:
        """What follows from the files alone. It has fewer remarks than what is likely, never others."""
        return self.interpreter.meaning(self.expression.tree)

    def remarks(self, *kinds: RemarkKind) -> Iterator[tuple[Remark, Confidence]]:
        """The remarks of these kinds in the whole expression, and how sure each is."""
        for remark in self.likely.all_remarks(*kinds):
            sure = self._certainly(remark)
            yield sure or remark, Confidence.LIKELY if sure is None else Confidence.CERTAIN

    def confidence(self, remark: Remark) -> Confidence:
        """How sure a remark is."""
        return Confidence.LIKELY if self._certainly(remark) is None else Confidence.CERTAIN

    def _certainly(self, remark: Remark) -> Remark | None:
        """The same remark with a reason that follows from the files alone."""
        of_kind = self.certain.all_remarks(remark.kind)
        return next((each for each in of_kind if each.node is remark.node), None)

    def at(self, node: Expr) -> Location:
        """The line on which a node's operator, call or selector stands."""
        where = self.expression.where
        offset = self._offsets.get(id(node))
        if offset is None or where.line is None or isinstance(self.expression.owner, DashboardQuery):
            return where
        return Location(where.file, where.line + self.expression.text[:offset].count("\n"))

    @cached_property
    def _offsets(self) -> dict[int, int]:
        return dict(offsets(self.expression.text, self.expression.tree))


@dataclass(frozen=True, slots=True)
class _Interpreters:
    """The two interpreters for some files, and what they read already.

    Attributes:
        likely: With customs.
        certain: Without.
        read: The readings so far.
    """

    likely: Interpreter
    certain: Interpreter
    read: dict[Expression, Reading] = field(default_factory=dict)

    def reading(self, expression: Expression) -> Reading:
        """The reading of an expression, made once."""
        if expression not in self.read:
            self.read[expression] = Reading(expression, self.likely.meaning(expression.tree), self.certain)
        return self.read[expression]


@lru_cache(maxsize=2)
def _interpreters(monitoring: Monitoring) -> _Interpreters:
    records: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules(monitoring, RuleKind.RECORD):
        records[rule.name].append(rule)
    recorded = {name: tuple(listed) for name, listed in records.items()}
    types = metric_types(monitoring)
    customs = Assumptions(customs=True, types=types, exported=exported_labels(monitoring.metrics or ()))
    return _Interpreters(
        Interpreter(customs, recorded),
        Interpreter(Assumptions(types=types), recorded),
    )


def readings(monitoring: Monitoring) -> Iterator[Reading]:
    """Every expression of rules and dashboards that can be parsed."""
    interpreters = _interpreters(monitoring)
    for expression in expressions(monitoring):
        yield interpreters.reading(expression)


def rule_readings(monitoring: Monitoring) -> Iterator[tuple[Rule, Reading]]:
    """Every rule whose expression can be parsed."""
    interpreters = _interpreters(monitoring)
    for rule, expression in rules_with_expressions(monitoring):
        yield rule, interpreters.reading(expression)


def alert_readings(monitoring: Monitoring) -> Iterator[tuple[Rule, Reading]]:
    """Every alerting rule whose expression can be parsed."""
    interpreters = _interpreters(monitoring)
    for rule, expression in alerts(monitoring):
        yield rule, interpreters.reading(expression)
