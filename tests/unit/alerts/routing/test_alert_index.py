"""Sets of alerts say the same as alerts one by one, for thousands of routes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from stackproof.alerts.check import Monitoring
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.possible_alerts import all_match_alert, possible_alerts, routes_of
from stackproof.model import Location
from stackproof.model.monitoring import NOWHERE, LabelMatcher, MatchOp, Route
from tests.unit.alerts.files import routing
from tests.unit.alerts.routes import ruled

RULES = ruled(
    "Down {severity: critical, team: db} up == 0",
    "Slow {severity: warning}",
    "Full {severity: critical} x > 1",
    "Odd {severity: '{{ $labels.level }}', team: web}",
    "Down {team: db1}",
)
ALERTS = possible_alerts(Monitoring(groups=RULES, routing=routing("route: {receiver: a}\nreceivers: [{name: a}]")))
MATCHERS = st.builds(
    LabelMatcher,
    st.sampled_from(["severity", "team", "alertname", "job", "zone"]),
    st.sampled_from(MatchOp),
    st.sampled_from(["critical", "warning", "db", "Down", "", "db.*", "critical|warning", ".+", "D.*|Full"]),
)
LEAVES = st.builds(
    lambda matchers, continues: Route("a", tuple(matchers), continues=continues),
    st.lists(MATCHERS, max_size=2),
    st.booleans(),
)
ROUTES = st.recursive(
    LEAVES,
    lambda below: st.builds(
        lambda matchers, continues, routes: Route("a", tuple(matchers), continues=continues, routes=tuple(routes)),
        st.lists(MATCHERS, max_size=1),
        st.booleans(),
        st.lists(below, max_size=3),
    ),
    max_leaves=8,
)


def _bits(results: list[bool]) -> int:
    return sum(1 << place for place, result in enumerate(results) if result)


@given(st.lists(MATCHERS, max_size=3))
@settings(max_examples=200)
def test_matchers_select_the_same_alerts(matchers: list[LabelMatcher]) -> None:
    """Surely, or possibly."""
    one_by_one = [all_match_alert(matchers, alert) for alert in ALERTS]
    found = AlertIndex(ALERTS).matching(matchers)
    assert found.sure == _bits([result is True for result in one_by_one])
    assert found.possible == _bits([result is not False for result in one_by_one])


@given(st.lists(ROUTES, max_size=4))
@settings(max_examples=200)
def test_an_alert_arrives_where_its_routes_lead(routes: list[Route]) -> None:
    """If all of its routes are known, these are exactly where it surely arrives."""
    root = Route("a", routes=tuple(routes))
    arrivals = list(AlertIndex(ALERTS).arrivals(root))
    for place, alert in enumerate(ALERTS):
        known = routes_of(root, alert)
        sure = [each.route for each in arrivals if each.alerts.sure >> place & 1]
        possible = [each.route for each in arrivals if each.alerts.possible >> place & 1]
        if known is not None:
            assert [id(route) for route in sure] == [id(route) for route in known]
            assert [id(route) for route in possible] == [id(route) for route in known]
        assert {id(route) for route in sure} <= {id(route) for route in possible}


def test_too_many_patterns_are_unknown() -> None:
    """After a budget nothing is claimed, so that a check ends in seconds."""
    index = AlertIndex(ALERTS, _runs_left=0)
    found = index.matching([LabelMatcher("alertname", MatchOp.REGEX, "N.*")])
    assert (found.sure, found.possible) == (0, index.all)


def test_a_route_with_unread_matchers_surely_takes_nothing() -> None:
    """What it matches is unknown."""
    root = Route("a", routes=(Route("b", complete=False, where=Location(NOWHERE.file, 1)),))
    sure = {each.route.receiver: each.alerts.sure for each in AlertIndex(ALERTS).arrivals(root)}
    assert sure == {"a": 0, "b": 0}
