"""routing/never-matches: a route for alerts that do not exist."""

import pytest

from stackproof.alerts.checks.routing.never_matches import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import routed


def test_a_route_for_a_name_that_no_rule_has_is_found() -> None:
    """The line of the matcher is reported, but not the route's children."""
    routes = """\
        - receiver: pager
          matchers: [alertname=NodeDwon]
          routes:
          - {matchers: [severity=page], receiver: mail}
        """
    assert found(CHECK, routed(routes, "NodeDown {severity: critical}")) == [(5, "warning")]


@pytest.mark.parametrize(
    "routes",
    [
        "- {matchers: [severity=page], receiver: pager}",
        "- {match_re: {alertname: 'Disk.*'}, receiver: pager}",
        "- {matchers: [severity=critical], receiver: pager, routes: [{matchers: [alertname=Disk], receiver: mail}]}",
    ],
)
def test_severities_and_names_are_known(routes: str) -> None:
    """Only rules set them."""
    assert finds(CHECK, routed(routes, "NodeDown {severity: critical} up == 0"))


def test_a_route_whose_alerts_are_all_handled_before_is_found() -> None:
    """No earlier route covers this one, but together they handle every alert that exists."""
    routes = """\
        - {matchers: [severity=critical], receiver: pager}
        - {matchers: [severity=warning], receiver: chat%s}
        - {matchers: [team=db], receiver: mail}
        """
    rules = ("Down {severity: critical, team: db}", "Slow {severity: warning, team: db}")
    assert found(CHECK, routed(routes % "", *rules)) == [(6, "warning")]
    assert not finds(CHECK, routed(routes % ", continue: true", *rules))


@pytest.mark.parametrize(
    "routes",
    [
        "- {matchers: [namespace=shop], receiver: pager}",
        "- {matchers: [severity=~critical|page], receiver: pager}",
        "- {matchers: [team!=db], receiver: pager}",
        "- {receiver: pager}",
    ],
)
def test_unknown_labels_are_accepted(routes: str) -> None:
    """A label may come from the series, or from Prometheus."""
    assert not finds(CHECK, routed(routes, "NodeDown {severity: critical} up == 0"))


def test_without_rules_nothing_is_found() -> None:
    """The alerts are unknown."""
    assert not finds(CHECK, routed("- {matchers: [severity=page], receiver: pager}"))
