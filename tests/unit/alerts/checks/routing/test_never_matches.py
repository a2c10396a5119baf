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


def test_an_anchored_pattern_is_explained() -> None:
    """A pattern must match the whole value; the values of the alerts and the right pattern are named."""
    routes = """\
        - receiver: pager
          matchers:
          - severity=warning
          - cluster =~ "^(mysql|redis)"
        """
    rules = ("Slow {severity: warning, cluster: mysql01}", "Evicted {severity: warning, cluster: redis02}")
    (finding,) = CHECK.findings(routed(routes, *rules))
    assert finding.where.line == 7
    assert "must match the whole value, and the alerts have cluster mysql01, redis02" in finding.message
    assert """write 'cluster=~"(mysql|redis).*"'""" in finding.fix


@pytest.mark.parametrize(
    ("pattern", "right"),
    [("mysql", "(mysql).*"), ("mysql|redis", "(mysql|redis).*"), ("sql01$", ".*sql01"), ("ysql", ".*ysql.*")],
)
def test_the_right_pattern_is_named(pattern: str, right: str) -> None:
    """With .* where the values go on."""
    routes = f"- {{matchers: ['cluster=~\"{pattern}\"'], receiver: pager}}"
    (finding,) = CHECK.findings(routed(routes, "Slow {cluster: mysql01}", "Slow2 {cluster: redis02}"))
    assert right.removeprefix("(mysql)") in finding.fix


def test_a_label_that_no_alert_has_is_named() -> None:
    """It is another label than the one that the rules set."""
    (finding,) = CHECK.findings(routed("- {matchers: [alert=Down], receiver: pager}", "Down {severity: page} up == 0"))
    assert finding.message.endswith("no alert has the label alert")


def test_thousands_of_routes_are_checked_in_seconds() -> None:
    """A generated file may have a route for each of its alerts."""
    routes = "\n".join(f"- {{matchers: [alertname=A{number}], receiver: pager}}" for number in range(2000))
    rules = (f"A{number} {{severity: page}}" for number in range(1, 2001))
    assert found(CHECK, routed(routes, *rules)) == [(4, "warning")]
