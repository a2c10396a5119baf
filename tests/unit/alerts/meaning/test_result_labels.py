"""The labels that a result can certainly have or not, as Prometheus computes them."""

import pytest

from stackproof.alerts.meaning.interpreter import Interpreter
from stackproof.alerts.meaning.series import Assumptions
from stackproof.alerts.promql.syntax_tree import parsed
from stackproof.model import Location
from stackproof.model.monitoring import NOWHERE, Rule, RuleGroup, RuleKind

NAMES = ("a", "b", "c", "le")


def _can(expr: str, *groups: RuleGroup) -> set[str]:
    tree = parsed(expr)
    assert tree is not None
    rules = [rule for group in groups for rule in group.rules]
    records = {rule.name: tuple(each for each in rules if each.name == rule.name) for rule in rules}
    labels = Interpreter(Assumptions(), records).meaning(tree).facts.labels
    return {name for name in NAMES if labels.can_have(name)}


@pytest.mark.parametrize(
    ("expr", "can"),
    [
        ("x", "a b c le"),
        ('x{a=""}', "b c le"),
        ("sum(x)", ""),
        ("sum by (a, b) (x)", "a b"),
        ("sum without (a) (x)", "b c le"),
        ('sum by (a) (x{a=""})', ""),
        ("topk(3, x)", "a b c le"),
        ("topk(3, sum by (a) (x))", "a"),
        ('count_values("c", sum by (a) (x))', "c"),
        ('count_values by (a) ("c", x)', "a c"),
        ("rate(x[5m])", "a b c le"),
        ("max_over_time(sum by (a) (x)[5m:])", "a"),
        ("histogram_quantile(0.9, sum by (le, a) (rate(x[5m])))", "a"),
        ('label_replace(sum(x), "a", "$1", "b", "(.*)")', "a"),
        ('label_join(sum by (b) (x), "a", "-", "b")', "a b"),
        ('absent(x{a="1", b=~"2"})', "a"),
        ('absent_over_time(x{a="1"}[5m])', "a"),
        ('absent(sum(x{a="1"}))', ""),
        ("vector(1)", ""),
        ("time() - x", "a b c le"),
        ("time()", ""),
        ("scalar(x)", ""),
        ("info(sum(x))", "a b c le"),
        ("x > 1", "a b c le"),
        ("1 < sum by (a) (x)", "a"),
        ("x / sum by (a) (y)", "a"),
        ("x > on (a) y", "a"),
        ("x / on (a, b) sum by (a) (y)", "a"),
        ("x / ignoring (a) y", "b c le"),
        ("x / on (a) group_left sum by (a) (y)", "a b c le"),
        ("sum by (a) (x) * on (a) group_left (c) y", "a c"),
        ("sum by (a) (x) * on (a) group_left (c) sum by (b) (y)", "a"),
        ("sum by (a) (x) * on (a) group_right (c) sum by (a, b) (y)", "a b"),
        ("sum by (a) (x) and y", "a"),
        ("sum by (a) (x) unless on () y", "a"),
        ("sum by (a) (x) or sum by (b) (y)", "a b"),
        ("sum by (a) (x) or y", "a b c le"),
        ('x{a=""} or y{b=""}', "a b c le"),
        ("-sum by (a) (x)", "a"),
    ],
)
def test_labels_are_dropped_and_added_as_in_prometheus(expr: str, can: str) -> None:
    """Only a label that is certainly absent may be called absent, for templates, routes and inhibitions."""
    assert _can(expr) == set(can.split())


def test_a_recorded_metric_has_the_labels_of_its_rules() -> None:
    """A recording rule drops the same labels as its expression, and adds those that it sets."""
    group = RuleGroup(
        name="g",
        rules=(
            Rule(RuleKind.RECORD, "r", "sum by (a) (x)", "g", labels={"c": "1"}),
            Rule(RuleKind.RECORD, "two", "sum by (a) (x)", "g"),
            Rule(RuleKind.RECORD, "two", "sum by (b) (x)", "g"),
            Rule(RuleKind.RECORD, "of", "rate(r[5m])", "g"),
            Rule(RuleKind.RECORD, "broken", "sum(", "g"),
        ),
        interval_s=None,
        where=Location(NOWHERE.file, 1),
    )
    assert _can("r", group) == {"a", "c"}
    assert _can("two", group) == {"a", "b"}
    assert _can("of", group) == {"a", "c"}
    assert _can("broken", group) == set(NAMES)


def test_a_long_chain_of_records_has_any_label() -> None:
    """It is followed so far, and no further; a circle of records, too."""
    chain = tuple(Rule(RuleKind.RECORD, f"r{place}", f"sum by (a) (r{place + 1})", "g") for place in range(500))
    group = RuleGroup(name="g", rules=chain, interval_s=None, where=Location(NOWHERE.file, 1))
    assert _can("r0", group) == {"a"}
    circle = RuleGroup(
        name="g", rules=(*chain, Rule(RuleKind.RECORD, "r500", "r0", "g")), interval_s=None, where=NOWHERE
    )
    assert _can("r0", circle) == {"a"}
