"""routing/unreachable-route: no alert can reach it."""

from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.routing.unreachable_route import CHECK
from stackproof.declare.alertmanager.routing_config import routing_of
from stackproof.documents.yaml_reader import parse_tree
from tests.unit.alerts.files import finds, found, routing
from tests.unit.alerts.routes import routed


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("severity=critical", "severity=critical, team=db"),
        ("severity=~critical|warning", "severity=critical"),
        ("severity=~.*", "team=db"),
        ('severity!=""', "severity=~critical|page"),
        ("severity=~.+", 'severity!=""'),
        ("severity!=info", "severity=critical"),
        ("severity=~crit.*", "severity=critical"),
        ("severity=~.*", "severity=critical"),
        ("team!~web|db", "team=mail"),
    ],
)
def test_a_route_behind_a_broader_one_is_found(first: str, second: str) -> None:
    """The first match handles everything."""
    routes = f"- {{matchers: [{first}], receiver: chat}}\n- {{matchers: [{second}], receiver: pager}}"
    assert found(CHECK, routed(routes)) == [(5, "error")]


def test_a_route_that_takes_everything_is_found_once() -> None:
    """A dash too much makes a route without matchers; all later ones are named at its line."""
    routes = "- receiver: chat\n- {matchers: [a=b], receiver: pager}\n- {matchers: [c=d], receiver: mail}"
    (finding,) = CHECK.findings(routed(routes))
    assert (finding.where.line, finding.severity.value, finding.confidence.value) == (4, "error", "certain")
    assert "(lines 5 to 6) are never reached" in finding.message


def test_two_routes_that_are_muted_in_turn_are_found() -> None:
    """By night nobody is notified, because a muted route still ends the search."""
    text = """\
        route:
          receiver: a
          routes:
          - {matchers: [a=b], receiver: a, mute_time_intervals: [night]}
          - {matchers: [a=b], receiver: a, active_time_intervals: [night]}
        receivers: [{name: a}]
        time_intervals: [{name: night}]
        """
    (finding,) = CHECK.findings(Monitoring(routing=routing(text)))
    assert (finding.where.line, finding.severity.value) == (5, "error")
    assert "then nobody is notified" in finding.message


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
        ("continue: true", "matchers: [severity=critical]"),
        ("matchers: [severity=critical]", "group_wait: 1s"),  # the rest
        ("matchers: ['severity=~\"critical|warning\"']", "matchers: ['severity=~\"warning|info\"']"),
        ("matchers: [namespace=a], continue: true", "matchers: [namespace=a, severity=critical]"),
        ("matchers: [severity!=critical]", "matchers: [team=db]"),
        ("matchers: ['team=~\".+\"']", "matchers: [severity=critical]"),
    ],
)
def test_reachable_routes_are_accepted(first: str, second: str) -> None:
    """Continue, narrower routes before broader ones, other labels."""
    assert not finds(CHECK, routed(f"- {{{first}, receiver: chat}}\n- {{{second}, receiver: pager}}"))


def test_a_route_whose_matchers_cannot_be_read_hides_nothing() -> None:
    """What it matches is unknown; reading the file reports it."""
    file = Path("am.yml")
    text = "route: {receiver: a, routes: [{matchers: ['a b=c']}, {matchers: [a=b]}]}\nreceivers: [{name: a}]\n"
    read = routing_of(file, parse_tree(file, text))
    assert len(read.problems) == 1
    assert not finds(CHECK, Monitoring(routing=read.routing))
