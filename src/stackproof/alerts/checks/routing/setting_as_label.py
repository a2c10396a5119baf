"""routing/setting-as-label: a setting of a route or an inhibition stands among its matchers."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.matcher_locations import located_matchers
from stackproof.alerts.routing.possible_alerts import possible_alerts

_SETTINGS = frozenset(
    {"receiver", "continue", "group_by", "group_wait", "group_interval", "repeat_interval", "match", "match_re"}
    | {"matchers", "routes", "mute_time_intervals", "active_time_intervals", "equal"}
    | {"source_match", "source_match_re", "source_matchers", "target_match", "target_match_re", "target_matchers"}
)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    found = [pair for pair in (located_matchers(routing) if routing else ()) if pair[0].name in _SETTINGS]
    index = AlertIndex(possible_alerts(monitoring) if found else ())
    for matcher, where in found:
        if any(value for value in index.values(matcher.name).known):
            continue  # rules set a label of this name
        message = f"{matcher} requires a label called {matcher.name}, which is the name of a setting"
        yield Spot(where, message, f"move {matcher.name} out of the matchers, to the same level as they are")


CHECK = Check(
    id="routing/setting-as-label",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager takes it as one more label that an alert must have. No alert has it, so the route or inhibition "
    "never applies, and the setting has no effect.",
    fix="indent the setting like the matchers, not like what they contain",
    look=_look,
    helped_by=(Needs.RULES,),
)
