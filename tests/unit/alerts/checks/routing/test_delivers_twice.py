"""routing/delivers-twice: the same alert to the same receiver again."""

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.routing.delivers_twice import CHECK
from tests.unit.alerts.files import finds, found, routing
from tests.unit.alerts.routes import routed, ruled

TWICE = """\
    - {matchers: [severity=critical], receiver: pager, continue: true}
    - {matchers: [severity=~critical|warning], receiver: %s}
    """


def test_two_routes_to_one_receiver_are_found() -> None:
    """Every critical alert arrives twice."""
    assert found(CHECK, routed(TWICE % "pager")) == [(5, "warning")]
    assert not finds(CHECK, routed(TWICE % "mail"))


def test_an_alert_that_matches_both_of_two_routes_is_found() -> None:
    """Neither route covers the other, but one alert of the rules matches both."""
    routes = """\
        - {matchers: [severity=critical], receiver: pager, continue: true}
        - {matchers: [team=db], receiver: pager}
        """
    (finding,) = CHECK.findings(routed(routes, "Full {severity: critical, team: db}"))
    assert (finding.where.line, "for Full" in finding.message) == (5, True)
    assert not finds(CHECK, routed(routes, "Full {severity: critical, team: web}"))
    assert not finds(CHECK, routed(routes))


def test_routes_for_different_times_are_accepted() -> None:
    """One grouping by day, another by night."""
    text = """\
        route:
          receiver: chat
          routes:
          - {matchers: [severity=critical], receiver: chat, continue: true, mute_time_intervals: [night]}
          - {matchers: [severity=critical], receiver: chat, active_time_intervals: [night]}
        receivers: [{name: chat}]
        time_intervals: [{name: night}]
        """
    assert not finds(CHECK, Monitoring(routing=routing(text), groups=ruled("Full {severity: critical}")))


def test_many_equal_routes_are_compared_in_seconds() -> None:
    """Each but the first repeats an earlier one."""
    route = "- {matchers: [severity=critical, team=~a.*], receiver: pager, continue: true}"
    assert len(found(CHECK, routed("\n".join([route] * 1000)))) == 999


def test_an_unknown_label_is_no_second_delivery() -> None:
    """Whether the alert has the team is not known."""
    routes = """\
        - {matchers: [severity=critical], receiver: pager, continue: true}
        - {matchers: [team=db], receiver: pager}
        """
    assert not finds(CHECK, routed(routes, "Full {severity: critical} x > 1"))
