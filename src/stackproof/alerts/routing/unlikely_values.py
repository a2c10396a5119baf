"""Whether alerts have the value that a matcher compares with, or values that it would match as a pattern."""

from enum import Enum, auto

from stackproof.alerts.label_matching import matches
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.possible_alerts import ALERTNAME, SEVERITY
from stackproof.declare.label_patterns import LabelPatternError
from stackproof.model.monitoring import LabelMatcher, MatchOp

TYPOGRAPHIC_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a\uff02"
"""Quotes that word processors and web pages put in the place of straight ones."""

_AS_PATTERN = {MatchOp.EQUAL: MatchOp.REGEX, MatchOp.NOT_EQUAL: MatchOp.NOT_REGEX}
_MAX_TRIED = 500


class Occurrence(Enum):
    """What the rules tell of a value."""

    FOUND = auto()
    """Some alert has it."""
    NEVER = auto()
    """No alert has it, and some alert has a value that it describes as a pattern."""
    UNKNOWN = auto()


def occurrence(matcher: LabelMatcher, pattern: str, index: AlertIndex) -> Occurrence:
    """Whether alerts have a matcher's value, or values that the pattern matches."""
    if not index.alerts:
        return Occurrence.UNKNOWN
    values = index.values(matcher.name)
    if matcher.value in values.known:
        return Occurrence.FOUND
    described = LabelMatcher(matcher.name, MatchOp.REGEX, pattern)
    try:
        some = any(matches(described, {matcher.name: value}) for value in list(values.known)[:_MAX_TRIED] if value)
    except LabelPatternError:
        return Occurrence.UNKNOWN
    return Occurrence.NEVER if some and not values.unknown else Occurrence.UNKNOWN


def is_named_by_rules(label: str) -> bool:
    """Whether only rules give a label its values, which are words: names of alerts and severities."""
    return label in {ALERTNAME, SEVERITY}


def as_pattern(matcher: LabelMatcher, pattern: str) -> LabelMatcher:
    """The matcher that compares with a pattern."""
    return LabelMatcher(matcher.name, _AS_PATTERN.get(matcher.op, matcher.op), pattern)
