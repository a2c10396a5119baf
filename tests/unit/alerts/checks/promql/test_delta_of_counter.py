"""promql/delta-of-counter: a counter drops at each restart."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.promql.delta_of_counter import CHECK
from tests.unit.alerts.files import alert, exported, finds, found

METRICS = exported("# TYPE handled counter\nhandled 1\n# TYPE files_total gauge\nfiles_total 1\n")


@pytest.mark.parametrize(
    "expr", ["delta(requests_total[5m]) > 1", "deriv(requests_total[5m]) > 1", "idelta(a_total[5m]) > 1"]
)
def test_a_metric_named_like_a_counter_is_found(expr: str) -> None:
    """The delta of a counter is negative after a restart."""
    assert found(CHECK, Monitoring(groups=alert(expr))) == [(4, "warning")]


@pytest.mark.parametrize("expr", ["delta(cluster_nodes_total[1h]) < 0", "deriv(tasks_pending_total[1h]) > 1"])
def test_a_number_of_things_is_accepted(expr: str) -> None:
    """Some exporters call the number of things that are there now a total."""
    assert not finds(CHECK, Monitoring(groups=alert(expr)))


def test_what_two_exporters_declare_differently_is_accepted() -> None:
    """It is unknown which of them is meant."""
    both = exported("# TYPE handled gauge\nhandled 1\n")
    assert not finds(CHECK, Monitoring(groups=alert("delta(handled[5m]) > 1"), metrics=METRICS + both))


@pytest.mark.parametrize(
    ("expr", "wrong"),
    [
        ("delta(handled[5m]) > 1", True),
        ("delta(files_total[5m]) > 1", False),
        ("delta(temperature_celsius[5m]) > 1", False),
        ("increase(requests_total[5m]) > 1", False),
        ("delta(job:requests_total:sum[5m]) > 1", False),
    ],
)
def test_the_exporters_type_counts_more_than_the_name(expr: str, *, wrong: bool) -> None:
    """A gauge that is named like a counter is a gauge; recorded metrics may be anything."""
    assert finds(CHECK, Monitoring(groups=alert(expr), metrics=METRICS)) is wrong
