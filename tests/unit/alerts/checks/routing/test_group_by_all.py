"""routing/group-by-all: no grouping at all."""

from stackproof.alerts.checks.routing.group_by_all import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import routed


def test_three_dots_are_found_where_they_are_set() -> None:
    """Once, not on every route that inherits them."""
    routes = "- matchers: [a=b]\n  group_by: ['...']\n  routes:\n  - matchers: [c=d]"
    assert found(CHECK, routed(routes)) == [(5, "info")]


def test_groups_by_some_labels_are_accepted() -> None:
    """The usual case."""
    assert not finds(CHECK, routed("- {matchers: [a=b], group_by: [alertname]}"))
