"""routing/root-has-matchers: Alertmanager rejects such a root."""

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.routing.root_has_matchers import CHECK
from tests.unit.alerts.files import finds, found, routing
from tests.unit.alerts.routes import routed

ROUTE = "- {matchers: [a=b]}"


def test_a_root_with_matchers_is_found() -> None:
    """In the new and the old syntax."""
    assert found(CHECK, routed(ROUTE, root="receiver: chat\n  matchers: [severity=critical]")) == [(3, "error")]
    assert found(CHECK, routed(ROUTE, root="receiver: chat\n  match: {a: b}")) == [(3, "error")]


def test_a_root_with_time_intervals_is_found() -> None:
    """The root must handle all alerts at all times."""
    text = """\
        route:
          receiver: chat
          mute_time_intervals: [night]
        receivers: [{name: chat}]
        time_intervals: [{name: night}]
        """
    assert found(CHECK, Monitoring(routing=routing(text))) == [(3, "error")]


def test_routes_below_may_have_matchers() -> None:
    """That is their purpose."""
    assert not finds(CHECK, routed(ROUTE))
