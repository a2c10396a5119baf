"""routing/repeat-shorter-than-group-interval: a promise that the other interval breaks."""

import pytest

from stackproof.alerts.checks.routing_repeat_shorter_than_group_interval import CHECK
from tests.unit.alerts.files import found, strikes
from tests.unit.alerts.routes import routed


@pytest.mark.parametrize("waits", ["repeat_interval: 1m", "group_interval: 5h"])
def test_a_repetition_that_cannot_be_kept_is_found(waits: str) -> None:
    """Whichever of the two the route says; the other is a default. Children that take it over are not told of."""
    routes = f"- matchers: [a=b]\n  {waits}\n  routes:\n  - matchers: [c=d]"
    assert found(CHECK, routed(routes)) == [(5, "warning")]


def test_intervals_that_fit_are_sound() -> None:
    """Equal ones too."""
    assert not strikes(CHECK, routed("- {matchers: [a=b], group_interval: 5m, repeat_interval: 5m}"))
