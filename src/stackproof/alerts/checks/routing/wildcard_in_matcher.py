"""routing/wildcard-in-matcher: a star in an exact comparison."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.matcher_locations import located_matchers
from stackproof.model.monitoring import MatchOp

_REGEX = {MatchOp.EQUAL: "=~", MatchOp.NOT_EQUAL: "!~"}


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for matcher, where in located_matchers(monitoring.routing) if monitoring.routing else ():
        if matcher.op in _REGEX and matcher.value.endswith("*"):
            intended = matcher.value.removesuffix("*").removesuffix(".") + ".*"
            fix = f"""write '{matcher.name}{_REGEX[matcher.op]}"{intended}"'"""
            yield Spot(where, f"{matcher} compares literally with a value that ends in a star", fix)


CHECK = Check(
    id="routing/wildcard-in-matcher",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="No alert has such a label value: the route matches nothing, and its receiver is never notified.",
    fix="use a regular expression, or no matcher at all to match everything",
    look=_look,
)
