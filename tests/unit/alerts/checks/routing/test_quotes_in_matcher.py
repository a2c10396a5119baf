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


@pytest.mark.parametrize("value", ["“x”", "“x“", "„x“", "\u2018x\u2019", "«x»", "'\"x\"'", "'`x`'"])
@pytest.mark.parametrize("key", ["match", "match_re"])
def test_quotes_that_belong_to_the_value_are_found(key: str, value: str) -> None:
    """Quotes of a word processor, and quotes within the quotes of YAML."""
    assert found(CHECK, routed(f"- receiver: pager\n  {key}:\n    team: db\n    severity: {value}")) == [(7, "error")]


def test_a_matcher_in_typographic_quotes_is_found() -> None:
    """The fix has straight quotes."""
    (finding,) = CHECK.findings(routed("- receiver: pager\n  matchers:\n  - severity=“critical”"))
    assert (finding.where.line, finding.confidence.value) == (6, "certain")
    assert 'severity="critical"' in finding.fix
    assert "typographic quotes" in finding.message


@pytest.mark.parametrize(
    "matcher",
    [
        'severity="critical"',
        "severity=critical",
        "severity='",
        "a=it's",
        "a=don\u2019t",
        "a=\u201990s",
        'a=""',
        "a=''",
        "a=5“",
    ],
)
def test_double_quotes_and_no_quotes_are_accepted(matcher: str) -> None:
    """As in Alertmanager's documentation; an apostrophe is part of a word."""
    assert not finds(CHECK, routed(f"- {{matchers: [{matcher!r}], receiver: pager}}".replace("\\'", "''")))


def test_a_value_that_an_alert_has_is_accepted() -> None:
    """Strange, but it matches."""
    routes = "- {match: {kind: \"'x'\"}, receiver: pager}"
    assert finds(CHECK, routed(routes, "A {kind: x}"))
    assert not finds(CHECK, routed(routes, "A {kind: \"'x'\"}"))
