"""routing/no-receiver: an alert that notifies nobody."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.routing.no_receiver import CHECK
from tests.unit.alerts.files import finds, found, routing
from tests.unit.alerts.routes import routed, ruled

DB = "- {matchers: [team=db], receiver: pager}"
NOBODY = "receiver: 'null'"
TEXT = """\
    route:
      receiver: ops
      routes:
      - matchers: [severity=critical]
        receiver: pager
      - matchers: [severity=none]
        receiver: black-hole
    receivers:
    - name: ops
      webhook_configs: [{url: 'http://x/'}]
    - name: pager
    - name: black-hole
    """


def test_a_receiver_without_integrations_is_found() -> None:
    """The route that leads there is reported; a name such as null or blackhole is intended."""
    assert found(CHECK, Monitoring(routing=routing(TEXT))) == [(5, "warning")]


def test_an_urgent_alert_that_reaches_only_such_a_receiver_is_named() -> None:
    """With the rules it is certain who is not notified of what."""
    (finding,) = CHECK.findings(Monitoring(routing=routing(TEXT), groups=ruled("Down {severity: critical}")))
    assert (finding.where.line, finding.severity.value, finding.confidence.value) == (5, "error", "certain")
    assert finding.message == "Down (severity critical) reaches only 'pager', which has no integration"


def test_an_alert_that_is_also_sent_elsewhere_is_no_error() -> None:
    """The route continues, and a later one notifies somebody."""
    text = TEXT.replace("receiver: pager", "receiver: pager\n        continue: true", 1)
    text = text.replace("[severity=none]", "[severity=~critical|none]").replace("receiver: black-hole", "receiver: ops")
    rules = ruled("Down {severity: critical}")
    assert found(CHECK, Monitoring(routing=routing(text), groups=rules)) == [(5, "warning")]


def test_a_root_without_integrations_that_gets_alerts_is_found() -> None:
    """The alerts are named; the first lines of the list are enough."""
    text = TEXT.replace("- name: ops\n      webhook_configs: [{url: 'http://x/'}]", "- name: ops")
    text = text.replace("- name: pager", "- name: pager\n      webhook_configs: [{url: 'http://x/'}]")
    rules = ruled(*(f"Slow{number} {{severity: warning}}" for number in range(6)))
    (finding,) = CHECK.findings(Monitoring(routing=routing(text), groups=rules))
    assert (finding.where.line, finding.severity.value) == (2, "warning")
    assert "Slow3 (severity warning) and 2 more reach only 'ops'" in finding.message
    assert not finds(CHECK, Monitoring(routing=routing(text), groups=ruled("Down {severity: critical}")))


@pytest.mark.parametrize(("severity", "lines"), [("critical", [2]), ("info", []), ("none", [])])
def test_a_root_that_drops_alerts_must_not_get_important_ones(severity: str, lines: list[int]) -> None:
    """Charts start with a root called null; without a route every alert would be lost."""
    monitoring = routed(DB, f"Down {{severity: {severity}}}", "Full {team: db}", root=NOBODY)
    assert [line for line, _ in found(CHECK, monitoring)] == lines


def test_a_scaffold_is_said_once_and_mildly() -> None:
    """A file in which no receiver notifies anybody is a beginning, not a mistake."""
    text = """\
        route:
          receiver: Default
          routes: [{matchers: [severity=critical], receiver: Critical}]
        receivers:
        - name: Default
        - name: Critical
        """
    (finding,) = CHECK.findings(Monitoring(routing=routing(text), groups=ruled("Down {severity: critical}")))
    assert (finding.where.line, finding.severity.value, finding.confidence.value) == (5, "info", "advice")


@pytest.mark.parametrize(
    "name",
    ["null", "blackhole", "devnull", "/dev/null", "none", "drop", "Watchdog", "dead-mans-switch", "team-null", "noop"],
)
def test_an_intended_sink_is_accepted(name: str) -> None:
    """Its name says that nobody is to be notified."""
    text = f"""\
        route:
          receiver: ops
          routes: [{{matchers: [severity=warning], receiver: "{name}"}}]
        receivers: [{{name: ops, webhook_configs: [{{url: 'http://x/'}}]}}, {{name: "{name}"}}]
        """
    assert not finds(CHECK, Monitoring(routing=routing(text), groups=ruled("A {severity: warning}")))


def test_an_alert_that_a_route_may_handle_is_accepted() -> None:
    """The expression can provide the label that the route requires."""
    monitoring = routed(DB, "Down {severity: critical} x > 1", root=NOBODY)
    assert found(CHECK, monitoring) == []


def test_a_route_that_leaves_everything_to_its_children_needs_no_integration() -> None:
    """A child without matchers handles the rest."""
    text = """\
        route:
          receiver: nobody-there
          routes:
          - receiver: ops
        receivers: [{name: nobody-there}, {name: ops, webhook_configs: [{url: 'http://x/'}]}]
        """
    assert found(CHECK, Monitoring(routing=routing(text), groups=ruled("A {severity: page}"))) == []
