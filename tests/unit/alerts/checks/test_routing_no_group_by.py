"""routing/no-group-by: all in one."""

from stackproof.alerts.checks.routing_no_group_by import CHECK
from tests.unit.alerts.files import found, strikes
from tests.unit.alerts.routes import routed

ROUTE = "- {matchers: [a=b]}"


def test_a_tree_without_groups_is_told_of() -> None:
    """At the root, once."""
    assert found(CHECK, routed(ROUTE)) == [(2, "info")]


def test_groups_at_the_root_or_on_all_routes_are_sound() -> None:
    """Routes take over what the root says."""
    assert not strikes(CHECK, routed(ROUTE, root="receiver: chat\n  group_by: [alertname]"))
    assert not strikes(CHECK, routed("- {matchers: [a=b], group_by: [job]}"))
