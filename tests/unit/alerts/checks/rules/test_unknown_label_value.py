"""rules/unknown-label-value: a recorded series is asked for what its rule does not give."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.unknown_label_value import CHECK
from tests.unit.alerts.files import alert, finds, found, group

RECORD = "- {record: 'ns:pods:count', expr: count by (ns) (pod), labels: {type: replicaset}}\n"


@pytest.mark.parametrize(
    "selector",
    [
        # https://github.com/prometheus-operator/kube-prometheus/commit/280ea4d07c5a1d41195b681d763e94d5b763a6ed
        'ns:pods:count{type="ReplicaSet"}',
        'ns:pods:count{type=~"Replica.*"}',
        'ns:pods:count{type!="replicaset"}',
        'ns:pods:count{pod="a"}',
    ],
)
def test_a_value_that_no_rule_records_is_found(selector: str) -> None:
    """At the line of the selector."""
    groups = group(RECORD + f"- alert: A\n  expr: |\n    3 <\n    {selector}\n")
    assert found(CHECK, Monitoring(groups)) == [(8, "error")]


def test_the_right_spelling_is_proposed() -> None:
    """The case of letters is the usual mistake."""
    groups = group(RECORD + "- {alert: A, expr: 'ns:pods:count{type=\"ReplicaSet\"} > 1'}")
    (finding,) = CHECK.findings(Monitoring(groups))
    assert 'type="ReplicaSet"; recorded is type=replicaset' in finding.message
    assert finding.fix == 'did you mean type="replicaset"?'


def test_matchers_that_exclude_each_other_are_found() -> None:
    """Whatever the series are."""
    assert found(CHECK, Monitoring(alert('x{a="b", a="c"} > 1'))) == [(4, "error")]


@pytest.mark.parametrize(
    "selector",
    [
        'ns:pods:count{type="replicaset"}',
        'ns:pods:count{type=~"replica.*"}',
        'ns:pods:count{ns="a"}',
        'ns:pods:count{pod=""}',
        'ns:pods:count{type!="deployment"}',
        'scraped{type="ReplicaSet"}',
        'x{a=~"b|c", a!="b"}',
    ],
)
def test_a_value_that_is_recorded_or_unknown_is_accepted(selector: str) -> None:
    """Scraped series may have any value."""
    groups = group(RECORD + f"- {{alert: A, expr: '{selector} > 1'}}")
    assert not finds(CHECK, Monitoring(groups))


def test_two_rules_of_one_name_give_both_values() -> None:
    """Each workload type has a rule of its own."""
    groups = group(
        RECORD + RECORD.replace("replicaset", "job") + "- {alert: A, expr: 'ns:pods:count{type=\"job\"} > 1'}"
    )
    assert not finds(CHECK, Monitoring(groups))


def test_a_record_in_the_name_of_its_own_series_is_accepted() -> None:
    """The scraped series that it reads have that name, too."""
    groups = group("- {record: bytes, expr: 'sum by (id) (bytes{module=\"f5\"})', labels: {a: b}}")
    assert not finds(CHECK, Monitoring(groups))
