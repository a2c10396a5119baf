"""receivers/pagerduty-severity: critical here, error there, or refused."""

import pytest

from stackproof.alerts.checks.receivers.pagerduty_severity import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import received

PASSED_ON = "pagerduty_configs:\n- routing_key: k\n  severity: '{{ .CommonLabels.severity }}'"
RANGE = "{{ range .Alerts }}{{ .Labels.severity }}{{ end }}"


def test_a_missing_severity_is_found() -> None:
    """PagerDuty then has error for every alert."""
    assert found(CHECK, received("pagerduty_configs:\n- routing_key: k")) == [(5, "warning")]


@pytest.mark.parametrize("severity", ["page", "Critical", "none", "P1"])
def test_a_severity_that_pagerduty_refuses_is_found(severity: str) -> None:
    """It has four, in small letters."""
    monitoring = received(f"pagerduty_configs:\n- routing_key: k\n  severity: {severity}")
    (finding,) = CHECK.findings(monitoring)
    assert (finding.where.line, finding.severity.value, finding.confidence.value) == (6, "error", "certain")


def test_an_alert_with_another_severity_is_named() -> None:
    """The template passes on what the label has."""
    monitoring = received(PASSED_ON, "Inhibitor {severity: none}", "Down {severity: critical}")
    (finding,) = CHECK.findings(monitoring)
    assert (finding.where.line, finding.severity.value, finding.confidence.value) == (6, "warning", "likely")
    assert "gets the severity 'none' from Inhibitor" in finding.message


def test_an_alert_without_a_severity_is_named() -> None:
    """PagerDuty refuses an empty one too."""
    (finding,) = CHECK.findings(received(PASSED_ON, "Odd {team: db}", "Down {severity: critical}"))
    assert "gets no severity from Odd" in finding.message


def test_one_text_for_several_alerts_is_found() -> None:
    """Two critical alerts give criticalcritical."""
    monitoring = received(f"pagerduty_configs:\n- routing_key: k\n  severity: '{RANGE}'", "Down {severity: critical}")
    (finding,) = CHECK.findings(monitoring)
    assert (finding.where.line, "'criticalcritical'" in finding.message) == (6, True)
    assert finds(CHECK, received(f"pagerduty_configs: [{{routing_key: k, severity: '{RANGE}'}}]"))


@pytest.mark.parametrize(
    "severity",
    [
        "critical",
        "{{ .CommonLabels.severity }}",
        "{{ .GroupLabels.severity | toLower }}",
        '{{ if eq .Status "x" }}info{{ else if eq .CommonLabels.severity "none" }}info{{ else }}warning{{ end }}',
        "{{ if .CommonLabels.severity }}{{ .CommonLabels.severity | toLower }}{{ else }}critical{{ end }}",
        '{{ or .CommonLabels.severity "error" }}',
        '{{ template "pagerduty.severity" . }}',
        "{{ (index .Alerts 0).Labels.severity }}",
        "${SEVERITY}",
    ],
)
@pytest.mark.parametrize("rules", [(), ("Down {severity: critical}", "Slow {severity: warning}")])
def test_a_severity_that_is_known_or_mapped_is_accepted(severity: str, rules: tuple[str, ...]) -> None:
    """Also what another program fills in, and templates that are not understood."""
    assert not finds(CHECK, received(f"pagerduty_configs: [{{routing_key: k, severity: '{severity}'}}]", *rules))


def test_a_mapped_severity_is_accepted() -> None:
    """The alert has another one, but the template turns it into info."""
    mapped = '{{ if eq .CommonLabels.severity "none" "page" }}info{{ else }}{{ .CommonLabels.severity }}{{ end }}'
    integration = f"pagerduty_configs: [{{routing_key: k, severity: '{mapped}'}}]"
    assert not finds(CHECK, received(integration, "Watchdog {severity: none}", "Down {severity: critical}"))


def test_alerts_that_go_elsewhere_are_accepted() -> None:
    """They never reach PagerDuty, or it is not known that they do."""
    away = ", routes: [{matchers: [severity=none], receiver: two}]"
    more = "- {name: two, webhook_configs: [{url: 'http://x/'}]}\n"
    rules = ("Watchdog {severity: none}", "Down {severity: critical}")
    assert not finds(CHECK, received(PASSED_ON, *rules, root=away, more=more))
    unknown = away.replace("severity=none", "team=db")
    assert not finds(CHECK, received(PASSED_ON, "Watchdog {severity: none} x > 1", root=unknown, more=more))


def test_a_severity_of_a_series_is_accepted() -> None:
    """Its value is unknown."""
    assert not finds(CHECK, received(PASSED_ON, "Down {severity: '{{ $labels.level }}'}"))


def test_the_first_version_of_the_api_has_no_severity() -> None:
    """So none is missed."""
    assert not finds(CHECK, received("pagerduty_configs: [{service_key: k}]"))
