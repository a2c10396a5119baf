"""routing/root-has-matchers: Alertmanager does not take such a root."""

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.routing_root_has_matchers import CHECK
from tests.unit.alerts.files import found, routing, strikes
from tests.unit.alerts.routes import routed

ROUTE = "- {matchers: [a=b]}"


def test_a_root_that_chooses_is_found() -> None:
    """By new and by old matchers."""
    assert found(CHECK, routed(ROUTE, root="receiver: chat\n  matchers: [severity=critical]")) == [(3, "error")]
    assert found(CHECK, routed(ROUTE, root="receiver: chat\n  match: {a: b}")) == [(3, "error")]


def test_a_root_with_times_is_found() -> None:
    """The root must take all, at all times."""
    text = """\
        route:
          receiver: chat
          mute_time_intervals: [night]
        receivers: [{name: chat}]
        time_intervals: [{name: night}]
        """
    assert found(CHECK, Monitoring(routing=routing(text))) == [(3, "error")]


def test_routes_below_may_choose() -> None:
    """That is what they are for."""
    assert not strikes(CHECK, routed(ROUTE))
