"""routing/no-receiver: an alert that nobody hears of."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.routing_no_receiver import CHECK
from tests.unit.alerts.files import found, routing
from tests.unit.alerts.routes import routed, ruled

DB = "- {matchers: [team=db], receiver: pager}"
NOBODY = "receiver: 'null'"


def test_a_receiver_without_integration_is_found() -> None:
    """The route is named that sends there; a name that says so (null, blackhole) is meant."""
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
def test_a_root_that_throws_away_must_not_get_what_matters(severity: str, lines: list[int]) -> None:
    """Charts begin with a root called null; whoever forgets the route is told of none of their alerts."""
    monitoring = routed(DB, f"Down {{severity: {severity}}}", "Full {team: db}", root=NOBODY)
    assert [line for line, _ in found(CHECK, monitoring)] == lines


def test_what_may_be_taken_by_a_route_is_not_called_lost() -> None:
    """The expression can give the label that the route asks for."""
    monitoring = routed(DB, "Down {severity: critical} x > 1", root=NOBODY)
    assert found(CHECK, monitoring) == []


def test_a_route_that_leaves_all_to_its_children_needs_no_integration() -> None:
    """A child without matchers takes what the others do not."""
    text = """\
        route:
          receiver: nobody-there
          routes:
          - receiver: ops
        receivers: [{name: nobody-there}, {name: ops, webhook_configs: [{url: 'http://x/'}]}]
        """
    assert found(CHECK, Monitoring(routing=routing(text), groups=ruled("A {severity: page}"))) == []
