"""routing/repeat-shorter-than-group-interval: a repeat interval that the group interval overrides."""

import pytest

from stackproof.alerts.checks.routing.repeat_shorter_than_group_interval import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import routed


@pytest.mark.parametrize("waits", ["repeat_interval: 1m", "group_interval: 5h"])
def test_an_interval_that_cannot_be_kept_is_found(waits: str) -> None:
    """Whichever of the two the route sets. Children that inherit it are not reported."""
    routes = f"- matchers: [a=b]\n  {waits}\n  routes:\n  - matchers: [c=d]"
    assert found(CHECK, routed(routes)) == [(5, "warning")]


def test_intervals_that_fit_are_accepted() -> None:
    """Equal ones too."""
    assert not finds(CHECK, routed("- {matchers: [a=b], group_interval: 5m, repeat_interval: 5m}"))
