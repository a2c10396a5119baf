"""rules/unknown-metric: a metric that nothing exports has no series."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.unknown_metric import CHECK
from stackproof.model import Location
from stackproof.model.monitoring import NOWHERE, DashboardQuery
from tests.unit.alerts.files import alert, exported, finds, found, group

METRICS = exported(
    """\
    # TYPE node_load1 gauge
    node_load1 1
    # TYPE a_wal_corruptions_total counter
    a_wal_corruptions_total 1
    # TYPE requests_total counter
    requests_total 1
    # TYPE free gauge
    free 1
    # TYPE h histogram
    """
)


@pytest.mark.parametrize(
    ("expr", "fix"),
    [
        ("rate(request_total[5m]) > 1", "did you mean requests_total?"),
        ("absent(nothing)", ""),
        ("nothing / free > 1 and nothing > 2", ""),
    ],
)
def test_a_metric_that_nobody_exports_is_found_once(expr: str, fix: str) -> None:
    """A typing error is reported with the likely name."""
    (finding,) = CHECK.findings(Monitoring(groups=alert(expr), metrics=METRICS))
    assert (finding.where.line, finding.fix) == (4, fix or CHECK.fix)


@pytest.mark.parametrize(
    "expr",
    [
        "rate(requests_total[5m]) > free",
        "histogram_quantile(0.9, rate(h_bucket[5m])) > 1",
        "up == 0",
        "scrape_duration_seconds > 1",
        'ALERTS{alertname="A"} == 1',
        "old_name or free",
        '{__name__=~"nothing.*"}',
    ],
)
def test_known_metrics_and_alternatives_are_accepted(expr: str) -> None:
    """Prometheus' own series, and the names of two versions joined by or."""
    assert not finds(CHECK, Monitoring(groups=alert(expr), metrics=METRICS))


@pytest.mark.parametrize(
    ("expr", "severity", "confidence"),
    [
        ("node_load5 > 1", "error", "certain"),
        ("wal_corruptions_total > 0", "warning", "likely"),
        ("cluster:load:sum > 1", "warning", "likely"),
        ("kube_pod_info > 0", "info", "advice"),
    ],
)
def test_how_sure_it_is_depends_on_the_exporters_given(expr: str, severity: str, confidence: str) -> None:
    """Other metrics of the exporter are given, or only a similar name, or nothing of the kind."""
    (finding,) = CHECK.findings(Monitoring(groups=alert(expr), metrics=METRICS))
    assert (finding.severity.value, finding.confidence.value) == (severity, confidence)


def test_a_record_beside_others_of_its_level_is_certain() -> None:
    """Rules record others with the same beginning, so it should be among them."""
    groups = group("- {record: 'cluster:load:sum', expr: sum(node_load1)}\n- {alert: B, expr: 'cluster:lod:sum > 1'}")
    assert found(CHECK, Monitoring(groups=groups, metrics=METRICS)) == [(5, "error")]


def test_recorded_metrics_count() -> None:
    """They need no exporter."""
    groups = group("- {record: mine, expr: free}\n- {alert: A, expr: mine > 1}\n- {alert: B, expr: yours > 1}")
    assert found(CHECK, Monitoring(groups=groups, metrics=METRICS)) == [(6, "info")]


def test_panels_are_checked_except_metrics_from_variables() -> None:
    """The reader of a dashboard may choose any metric."""
    at = Location(NOWHERE.file, 7)
    queries = (DashboardQuery("d", "p", "nothing", at), DashboardQuery("d", "q", "rate($metric[$__rate_interval])", at))
    assert found(CHECK, Monitoring(dashboards=queries, metrics=METRICS)) == [(7, "info")]


def test_without_known_metrics_nothing_is_found() -> None:
    """Any metric may exist."""
    assert not finds(CHECK, Monitoring(groups=alert("nothing > 1")))
