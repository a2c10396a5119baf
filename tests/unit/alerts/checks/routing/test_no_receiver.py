"""routing/no-receiver: an alert that notifies nobody."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.routing.no_receiver import CHECK
from tests.unit.alerts.files import found, routing
from tests.unit.alerts.routes import routed, ruled

DB = "- {matchers: [team=db], receiver: pager}"
NOBODY = "receiver: 'null'"


def test_a_receiver_without_integrations_is_found() -> None:
    """The route that leads there is reported; a name such as null or blackhole is intended."""
    text = """\
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
    assert found(CHECK, Monitoring(routing=routing(text))) == [(5, "error")]


@pytest.mark.parametrize(("severity", "lines"), [("critical", [4]), ("info", []), ("none", [])])
def test_a_root_that_drops_alerts_must_not_get_important_ones(severity: str, lines: list[int]) -> None:
    """Charts start with a root called null; without a route every alert would be lost."""
    monitoring = routed(DB, f"Down {{severity: {severity}}}", "Full {team: db}", root=NOBODY)
    assert [line for line, _ in found(CHECK, monitoring)] == lines


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
