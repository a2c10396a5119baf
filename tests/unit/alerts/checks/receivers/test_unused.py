"""receivers/unused: configured, but never notified."""

from stackproof.alerts.checks.receivers.unused import CHECK
from tests.unit.alerts.files import found
from tests.unit.alerts.routes import routed


def test_a_receiver_that_no_route_names_is_found() -> None:
    """A receiver without integrations is ignored: it is a sink that is not needed."""
    assert found(CHECK, routed("- {matchers: [a=b], receiver: pager}")) == [(10, "warning")]
    assert found(CHECK, routed("- {matchers: [a=b], receiver: pager}\n- {matchers: [a=c], receiver: mail}")) == []
