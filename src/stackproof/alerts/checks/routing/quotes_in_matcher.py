"""routing/quotes-in-matcher: quotes that Alertmanager takes as part of the value."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.matcher_locations import located_matchers
from stackproof.alerts.routing.possible_alerts import possible_alerts
from stackproof.alerts.routing.route_nodes import shown
from stackproof.alerts.routing.unlikely_values import TYPOGRAPHIC_QUOTES
from stackproof.model.monitoring import LabelMatcher

_MIN_LENGTH = len("''")
_STRAIGHT = "\"'`"


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    found = [(matcher, where) for matcher, where in (located_matchers(routing) if routing else ()) if _quoted(matcher)]
    index = AlertIndex(possible_alerts(monitoring) if found else ())
    for matcher, where in found:
        if index.alerts and matcher.value in index.values(matcher.name).known:
            continue  # an alert has such a value
        kind = "typographic quotes" if matcher.value[0] in TYPOGRAPHIC_QUOTES else "the quotes"
        intended = LabelMatcher(matcher.name, matcher.op, shown(matcher.value[1:-1]))
        message = f"{shown(str(matcher))} requires a value that includes {kind}"
        yield Spot(where, message, f"write '{intended}' under matchers, or {intended.value} under match")


def _quoted(matcher: LabelMatcher) -> bool:
    value = matcher.value
    if len(value) <= _MIN_LENGTH:
        return False
    first, last = value[0], value[-1]
    return (first == last and first in _STRAIGHT) or (first in TYPOGRAPHIC_QUOTES and last in TYPOGRAPHIC_QUOTES)


CHECK = Check(
    id="routing/quotes-in-matcher",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager knows only straight double quotes, and under match not even these: a value in other quotes "
    "matches only labels that include the quotes.",
    fix="put double quotes around the value, and single quotes around the whole matcher",
    look=_look,
    helped_by=(Needs.RULES,),
)
