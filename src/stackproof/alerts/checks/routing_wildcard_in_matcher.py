"""routing/wildcard-in-matcher: a star asked for by ``=``."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.routing.matchers import placed
from stackproof.model.alerting import MatchOp

_REGEX = {MatchOp.EQUAL: "=~", MatchOp.NOT_EQUAL: "!~"}


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for matcher, where in placed(monitoring.routing) if monitoring.routing else ():
        if matcher.op in _REGEX and matcher.value.endswith("*"):
            meant = matcher.value.removesuffix("*").removesuffix(".") + ".*"
            fix = f"""write '{matcher.name}{_REGEX[matcher.op]}"{meant}"'"""
            yield Spot(where, f"{matcher} asks for a value that ends with a star, letter by letter", fix)


CHECK = Check(
    id="routing/wildcard-in-matcher",
    severity=Severity.ERROR,
    why="No alert has such a label: the route takes none, and its receiver is never told.",
    fix="ask by a regular expression, or by no matcher at all to take everything",
    look=_look,
)
