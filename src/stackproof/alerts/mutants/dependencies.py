"""Dependencies between rules and the claims of tests: what a rule can affect, and which rules a claim needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from promql_parser import VectorSelector

from stackproof.alerts.label_matching import selects
from stackproof.alerts.promql.syntax_tree import matchers, metric, parsed, selectors
from stackproof.declare.label_patterns import LabelPatternError
from stackproof.model.monitoring import LabelMatcher, Rule, RuleKind
from stackproof.model.rule_tests import AlertClaim, ExprClaim

_ALERT_METRICS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
_QUERY = "query"


@dataclass(frozen=True, slots=True)
class Written:
    """The series that a rule produces.

    Attributes:
        names: Metrics; ``alert NAME`` for an alert.
        labels: Labels whose value is fixed.
    """

    names: frozenset[str]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Selection:
    """Series that an expression or a claim reads.

    Attributes:
        name: The metric; ``alert NAME`` for an alert.
        matchers: The matchers of its selector.
    """

    name: str
    matchers: tuple[LabelMatcher, ...] = ()

    def can_be(self, written: Written) -> bool:
        """Whether a rule can produce such series."""
        if self.name not in written.names:
            return False
        return all(_may_select(each, written.labels) for each in self.matchers if each.name in written.labels)


def _may_select(matcher: LabelMatcher, labels: Mapping[str, str]) -> bool:
    try:
        return selects(matcher, labels)
    except LabelPatternError:
        return True  # a pattern that we cannot run could match any value


@dataclass(frozen=True, slots=True)
class Reads:
    """Everything that an expression or a claim reads.

    Attributes:
        selections: The series.
        anything: True if it can read any series, because a metric is named by a pattern or in a template.
    """

    selections: tuple[Selection, ...]
    anything: bool = False

    def touches(self, written: Written) -> bool:
        """Whether it can read what a rule produces."""
        return self.anything or any(each.can_be(written) for each in self.selections)


def written_by(rule: Rule, loose: str = "") -> Written:
    """The series that a rule produces; the label ``loose`` may have any value."""
    labels = {name: value for name, value in rule.labels.items() if name != loose and "{{" not in value}
    if rule.kind is RuleKind.RECORD:
        return Written(frozenset({rule.name}), labels)
    return Written(_ALERT_METRICS | {f"alert {rule.name}"}, {**labels, "alertname": rule.name})


def read_by(rule: Rule) -> Reads:
    """What a rule reads; a template that queries can read anything."""
    found = read_by_expr(rule.expr)
    texts = (*rule.annotations.values(), *rule.labels.values())
    queries = any("{{" in text and _QUERY in text for text in texts)
    return Reads(found.selections, found.anything or queries)


@lru_cache(maxsize=8192)
def read_by_expr(expr: str) -> Reads:
    """What an expression reads; one that cannot be parsed may read anything."""
    tree = parsed(expr)
    if tree is None:
        return Reads((), anything=True)
    found = [_selection(selector) for selector in selectors(tree)]
    return Reads(tuple(each for each in found if each), anything=None in found)


def _selection(selector: VectorSelector) -> Selection | None:
    name = metric(selector)
    return None if name is None else Selection(name, matchers(selector))


def read_by_claim(claim: AlertClaim | ExprClaim) -> Reads:
    """What a claim of a test reads."""
    if isinstance(claim, AlertClaim):
        return Reads((Selection(f"alert {claim.alertname}"),))
    return read_by_expr(claim.expr)


def touched(rule: Rule, rules: Sequence[Rule], loose: str = "") -> list[Written]:
    """All series that can change when a rule does.

    Args:
        rule: The rule.
        rules: All rules.
        loose: A label of the rule whose value may change.
    """
    found = [written_by(rule, loose)]
    left = [each for each in rules if each is not rule]
    for written in found:  # the list grows during the loop
        more = [each for each in left if read_by(each).touches(written)]
        found += map(written_by, more)
        left = [each for each in left if all(each is not other for other in more)]
    return found


def needed(claims: Iterable[Reads], rules: Sequence[Rule], changed: Rule, loose: str = "") -> list[Rule]:
    """The rules that claims depend on, in their order.

    Args:
        claims: What the claims read.
        rules: All rules.
        changed: The changed rule.
        loose: A label of the rule whose value may change.
    """
    left = [(rule, written_by(rule, loose if rule is changed else "")) for rule in rules]
    found: set[int] = set()
    wanted = list(claims)
    while wanted:
        reads = wanted.pop()
        more = [rule for rule, written in left if reads.touches(written)]
        found |= {id(rule) for rule in more}
        wanted += map(read_by, more)
        left = [(rule, written) for rule, written in left if id(rule) not in found]
    return [rule for rule in rules if id(rule) in found]
