"""routing/no-group-by: everything in one group."""

from stackproof.alerts.checks.routing.no_group_by import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import routed

ROUTE = "- {matchers: [a=b]}"


def test_a_tree_without_groups_is_found() -> None:
    """At the root, once."""
    assert found(CHECK, routed(ROUTE)) == [(2, "info")]


def test_groups_at_the_root_or_on_all_routes_are_accepted() -> None:
    """Routes inherit from the root."""
    assert not finds(CHECK, routed(ROUTE, root="receiver: chat\n  group_by: [alertname]"))
    assert not finds(CHECK, routed("- {matchers: [a=b], group_by: [job]}"))
