"""routing/quotes-in-matcher: a value that has its quotes in it."""

import pytest

from stackproof.alerts.checks.routing_quotes_in_matcher import CHECK
from tests.unit.alerts.files import found, strikes
from tests.unit.alerts.routes import inhibiting, routed


def test_single_quotes_in_a_matcher_are_found() -> None:
    """In routes and in inhibitions, at the very matcher."""
    routes = "- receiver: pager\n  matchers:\n  - team=db\n  - severity='critical'"
    assert found(CHECK, routed(routes)) == [(7, "error")]
    rule = "source_matchers: [severity='critical']\ntarget_matchers: [severity=~'a|b']"
    assert found(CHECK, inhibiting(rule)) == [(3, "error"), (4, "error")]


@pytest.mark.parametrize("matcher", ['severity="critical"', "severity=critical", "severity='", "a=it's"])
def test_double_quotes_and_none_are_sound(matcher: str) -> None:
    """As Alertmanager's documentation has them."""
    assert not strikes(CHECK, routed(f"- {{matchers: [{matcher}], receiver: pager}}"))
