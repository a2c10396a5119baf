"""rules/odd-name: a hyphen in a name is a minus sign elsewhere."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.odd_name import CHECK
from tests.unit.alerts.files import alert, finds, found, group


@pytest.mark.parametrize("name", ["job:http-requests:rate5m", "sum of errors", "job:errors[5m]", "sum(x)", "5xx rate"])
def test_a_name_that_is_another_expression_is_found(name: str) -> None:
    """At the line of the name."""
    groups = group(f"- expr: up\n  record: '{name}'")
    (finding,) = CHECK.findings(Monitoring(groups=groups))
    assert (finding.where.line, finding.severity.value, finding.confidence.value) == (5, "warning", "likely")


def test_a_label_with_a_hyphen_is_advice() -> None:
    """Prometheus 3 and Alertmanager accept it."""
    groups = alert("up == 0", "labels:\n  severity: page\n  team-name: web")
    assert found(CHECK, Monitoring(groups=groups)) == [(8, "info")]


@pytest.mark.parametrize(
    "rule",
    [
        "{record: 'job:http_requests:rate5m', expr: up}",
        "{record: ':node_memory:sum', expr: up}",
        "{record: http.server.duration, expr: up}",
        "{record: größe, expr: up}",
        "{alert: Not enough memory!, expr: up == 0, labels: {service.name: web}}",
        "{record: 'a-b', expr: '{\"c-d\"}'}",
    ],
)
def test_plain_and_meant_names_are_accepted(rule: str) -> None:
    """Also OpenTelemetry's, other languages, and files that use quoted names."""
    assert not finds(CHECK, Monitoring(groups=group(f"- {rule}")))
