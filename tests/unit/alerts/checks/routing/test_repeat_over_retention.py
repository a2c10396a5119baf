"""routing/repeat-over-retention: Alertmanager forgets before it is to repeat."""

import pytest

from stackproof.alerts.checks.routing.repeat_over_retention import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import routed


@pytest.mark.parametrize("interval", ["99999h", "121h", "7d", "1w", "1y", "5d1s"])
def test_an_interval_over_the_retention_is_found(interval: str) -> None:
    """At its line, once, also if the routes below inherit it."""
    routes = f"""\
        - receiver: pager
          matchers: [a=b]
          repeat_interval: {interval}
          routes: [{{matchers: [c=d]}}]
        """
    monitoring = routed(routes)
    assert found(CHECK, monitoring) == [(6, "warning")]
    (finding,) = CHECK.findings(monitoring)
    assert finding.confidence.value == "likely"
    assert "120h" in finding.message


def test_the_roots_interval_is_found_where_it_is_set() -> None:
    """Every route inherits it."""
    routes = "- {matchers: [a=b], receiver: pager}"
    assert found(CHECK, routed(routes, root="repeat_interval: 30d\n  receiver: chat")) == [(2, "warning")]


@pytest.mark.parametrize("interval", ["120h", "5d", "4h", "1d", "'${REPEAT}'"])
def test_an_interval_within_the_retention_is_accepted(interval: str) -> None:
    """Up to the default; a value that is filled in later is unknown."""
    assert not finds(CHECK, routed(f"- {{matchers: [a=b], receiver: pager, repeat_interval: {interval}}}"))
