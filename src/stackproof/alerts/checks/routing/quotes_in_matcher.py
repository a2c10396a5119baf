"""routing/quotes-in-matcher: quotes that Alertmanager takes as part of the value."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.matcher_locations import located_matchers
from stackproof.model.monitoring import LabelMatcher

_MIN_LENGTH = len("''")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for matcher, where in located_matchers(monitoring.routing) if monitoring.routing else ():
        value = matcher.value
        if len(value) >= _MIN_LENGTH and value[0] == value[-1] and value[0] in "'`":
            intended = LabelMatcher(matcher.name, matcher.op, value[1:-1])
            yield Spot(where, f"{matcher} requires a value that includes the quotes", f"write '{intended}'")


CHECK = Check(
    id="routing/quotes-in-matcher",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager knows only double quotes: a value in other quotes matches only labels that include the quotes.",
    fix="put double quotes around the value, and single quotes around the whole matcher",
    look=_look,
)
