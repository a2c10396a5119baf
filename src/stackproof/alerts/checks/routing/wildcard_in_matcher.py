"""routing/wildcard-in-matcher: a star in an exact comparison."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.matcher_locations import located_matchers
from stackproof.alerts.routing.possible_alerts import possible_alerts
from stackproof.alerts.routing.unlikely_values import Occurrence, as_pattern, is_named_by_rules, occurrence
from stackproof.model.monitoring import MatchOp


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    found = [
        (matcher, where)
        for matcher, where in (located_matchers(monitoring.routing) if monitoring.routing else ())
        if matcher.op in {MatchOp.EQUAL, MatchOp.NOT_EQUAL} and matcher.value.endswith("*")
    ]
    index = AlertIndex(possible_alerts(monitoring) if found else ())
    for matcher, where in found:
        pattern = matcher.value.removesuffix("*").removesuffix(".") + ".*"
        known = occurrence(matcher, pattern, index)
        certain = known is Occurrence.NEVER or is_named_by_rules(matcher.name)
        if known is Occurrence.FOUND or ("/" in matcher.value and not certain):
            continue  # a value such as /users/*, the path of a web service
        severity, confidence = (None, None) if certain else (Severity.WARNING, Confidence.LIKELY)
        message = f"{matcher} compares literally with a value that ends in a star"
        yield Spot(where, message, f"write '{as_pattern(matcher, pattern)}'", severity, confidence)


CHECK = Check(
    id="routing/wildcard-in-matcher",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="No alert has such a label value: with = the matcher matches nothing, and with != everything.",
    fix="use a regular expression, or no matcher at all to match everything",
    look=_look,
    helped_by=(Needs.RULES,),
)
