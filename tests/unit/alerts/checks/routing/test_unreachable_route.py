"""routing/unreachable-route: no alert can reach it."""

import pytest

from stackproof.alerts.checks.routing.unreachable_route import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import routed


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", "severity=critical"),
        ("severity=critical", "severity=critical, team=db"),
        ("severity=~critical|warning", "severity=critical"),
        ("severity=~.*", "team=db"),
        ('severity!=""', "severity=~critical|page"),
        ("severity=~.+", 'severity!=""'),
        ("severity!=info", "severity=critical"),
        ("severity=~crit.*", "severity=critical"),
    ],
)
def test_a_route_behind_a_broader_one_is_found(first: str, second: str) -> None:
    """The first match handles everything."""
    routes = f"- {{matchers: [{first}], receiver: chat}}\n- {{matchers: [{second}], receiver: pager}}"
    assert found(CHECK, routed(routes)) == [(5, "error")]


@pytest.mark.parametrize(
    "routes",
    [
        "- {matchers: [severity=critical, severity=warning], receiver: pager}",
        "- {matchers: [severity=critical], match_re: {severity: 'w.*'}, receiver: pager}",
        "- {matchers: [team=db], receiver: pager, routes: [{matchers: [team=web], receiver: mail}]}",
    ],
)
def test_matchers_that_exclude_each_other_are_found(routes: str) -> None:
    """On one route, or on a route and one above it."""
    assert found(CHECK, routed(routes)) == [(4, "error")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("matchers: [severity=critical], continue: true", "matchers: [severity=critical]"),
        ("matchers: [severity=critical, team=db]", "matchers: [severity=critical]"),
        ("matchers: [severity=critical]", "matchers: [team=db]"),
        ("matchers: ['severity=~\"a.*\"']", "matchers: ['severity=~\"ab.*\"']"),  # true, but it takes a proof
        ("matchers: ['severity!=\"\"']", "matchers: ['severity=~\"a|\"']"),
    ],
)
def test_reachable_routes_are_accepted(first: str, second: str) -> None:
    """Continue, narrower routes before broader ones, other labels."""
    assert not finds(CHECK, routed(f"- {{{first}, receiver: chat}}\n- {{{second}, receiver: pager}}"))
