"""receivers/unused: set up, and never told."""

from stackproof.alerts.checks.receivers_unused import CHECK
from tests.unit.alerts.files import found
from tests.unit.alerts.routes import routed


def test_a_receiver_that_no_route_names_is_found() -> None:
    """One without integrations is left alone: it is a sink that nobody needs now."""
    assert found(CHECK, routed("- {matchers: [a=b], receiver: pager}")) == [(10, "warning")]
    assert found(CHECK, routed("- {matchers: [a=b], receiver: pager}\n- {matchers: [a=c], receiver: mail}")) == []
