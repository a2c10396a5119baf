"""routing/group-by-all: no grouping at all."""

from stackproof.alerts.checks.routing_group_by_all import CHECK
from tests.unit.alerts.files import found, strikes
from tests.unit.alerts.routes import routed


def test_three_dots_are_told_of_where_they_stand() -> None:
    """Once, and not on every route that takes them over."""
    routes = "- matchers: [a=b]\n  group_by: ['...']\n  routes:\n  - matchers: [c=d]"
    assert found(CHECK, routed(routes)) == [(5, "info")]


def test_groups_by_some_labels_are_sound() -> None:
    """As most do."""
    assert not strikes(CHECK, routed("- {matchers: [a=b], group_by: [alertname]}"))
