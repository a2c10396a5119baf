"""routing/pattern-under-equality: a choice or a pattern that is compared letter by letter."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.matcher_locations import located_matchers
from stackproof.alerts.routing.possible_alerts import possible_alerts
from stackproof.alerts.routing.route_nodes import shown
from stackproof.alerts.routing.unlikely_values import (
    TYPOGRAPHIC_QUOTES,
    Occurrence,
    as_pattern,
    is_named_by_rules,
    occurrence,
)
from stackproof.model.monitoring import LabelMatcher, MatchOp

_QUOTES = f"\"'`{TYPOGRAPHIC_QUOTES}"
_PATTERN = re.compile(
    r"[\w)\]*+]\|[\w(\[^.]"  # a choice
    r"|\.[*+](?!\w*/)"  # any text
    r"|\\[.dwsb]"  # a class, an escaped dot
    r"|\[(?!:)[^\]:/]*\w-\w[^\]:/]*\]"  # a range of characters
    r"|^\^.+\$$"  # both anchors
    r"|\)[*+?]|\{\d+(?:,\d*)?\}"  # a repetition
)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    found = [
        (matcher, where)
        for matcher, where in (located_matchers(monitoring.routing) if monitoring.routing else ())
        if matcher.op in {MatchOp.EQUAL, MatchOp.NOT_EQUAL} and _is_pattern(matcher)
    ]
    index = AlertIndex(possible_alerts(monitoring) if found else ())
    for matcher, where in found:
        pattern = matcher.value.strip(_QUOTES)
        known = occurrence(matcher, pattern, index)
        if known is not Occurrence.FOUND:
            certain = known is Occurrence.NEVER or is_named_by_rules(matcher.name)
            severity, confidence = (Severity.ERROR, Confidence.CERTAIN) if certain else (None, None)
            fix = f"write '{as_pattern(matcher, shown(pattern))}' under matchers, or move it from match to match_re"
            yield Spot(where, _message(matcher), fix, severity, confidence)


def _is_pattern(matcher: LabelMatcher) -> bool:
    """Whether a value reads as a pattern; one that ends in a star is another check's."""
    value = matcher.value
    return not value.endswith("*") and "{{" not in value and _PATTERN.search(value.strip(_QUOTES)) is not None


def _message(matcher: LabelMatcher) -> str:
    kind = "a choice" if "|" in matcher.value else "a pattern"
    result = "nothing" if matcher.op is MatchOp.EQUAL else "every alert"
    return f"{shown(str(matcher))} compares {kind} letter by letter: it matches {result}, unless a value reads so"


CHECK = Check(
    id="routing/pattern-under-equality",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="match, = and != compare texts: with = the route matches nothing, and its receiver is never notified.",
    fix="compare with =~ or !~, or under match_re",
    look=_look,
    helped_by=(Needs.RULES,),
)
