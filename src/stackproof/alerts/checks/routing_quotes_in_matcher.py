"""routing/quotes-in-matcher: single quotes are no quotes to Alertmanager."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.matchers import placed
from stackproof.model.alerting import LabelMatcher

_LEAST = len("''")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for matcher, where in placed(monitoring.routing) if monitoring.routing else ():
        value = matcher.value
        if len(value) >= _LEAST and value[0] == value[-1] and value[0] in "'`":
            meant = LabelMatcher(matcher.name, matcher.op, value[1:-1])
            yield Spot(where, f"{matcher} asks for a value with the quotes in it", f"write '{meant}'")


CHECK = Check(
    id="routing/quotes-in-matcher",
    severity=Severity.ERROR,
    why="Alertmanager knows double quotes alone: a value in others matches only labels that have the quotes, too.",
    fix="write double quotes around the value, and single ones around the whole matcher",
    look=_look,
)
