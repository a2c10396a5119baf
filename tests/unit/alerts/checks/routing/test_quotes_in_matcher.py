"""routing/quotes-in-matcher: a value that includes its quotes."""

import pytest

from stackproof.alerts.checks.routing.quotes_in_matcher import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import inhibiting, routed


def test_single_quotes_in_a_matcher_are_found() -> None:
    """In routes and inhibitions, at the line of the matcher."""
    routes = "- receiver: pager\n  matchers:\n  - team=db\n  - severity='critical'"
    assert found(CHECK, routed(routes)) == [(7, "error")]
    rule = "source_matchers: [severity='critical']\ntarget_matchers: [severity=~'a|b']"
    assert found(CHECK, inhibiting(rule)) == [(3, "error"), (4, "error")]


@pytest.mark.parametrize("matcher", ['severity="critical"', "severity=critical", "severity='", "a=it's"])
def test_double_quotes_and_no_quotes_are_accepted(matcher: str) -> None:
    """As in Alertmanager's documentation."""
    assert not finds(CHECK, routed(f"- {{matchers: [{matcher}], receiver: pager}}"))
