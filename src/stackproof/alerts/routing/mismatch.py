"""Why a matcher matches none of the alerts: the words of a finding."""

import re

from stackproof.alerts.label_matching import matches
from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.route_nodes import shown
from stackproof.declare.label_patterns import LabelPatternError
from stackproof.model.monitoring import LabelMatcher, MatchOp

_MANY = 4
_MAX_LENGTH = 1000  # of a pattern that is compiled in other forms
_MAX_TRIED = 200  # values that a wider pattern is tried on


def unmatched(matchers: tuple[LabelMatcher, ...], index: AlertIndex) -> int | None:
    """The place of the first matcher that no alert matches by itself; None if all have some."""
    return next((place for place, each in enumerate(matchers) if not index.matching([each]).possible), None)


def reason(matcher: LabelMatcher, index: AlertIndex) -> str:
    """What the alerts have instead; "" if that is not known of all."""
    values = index.values(matcher.name)
    if values.unknown:
        return ""
    known = sorted(value for value in values.known if value)
    if not known:
        return f"no alert has the label {matcher.name}"
    more = f" and {len(known) - _MANY} more" if len(known) > _MANY else ""
    return f"the alerts have {matcher.name} {', '.join(map(shown, known[:_MANY]))}{more}"


def wider(matcher: LabelMatcher, index: AlertIndex) -> LabelMatcher | None:
    """The pattern with ``.*`` at its ends, if it then matches some alert: a pattern must match the whole value."""
    if matcher.op is not MatchOp.REGEX or len(matcher.value) > _MAX_LENGTH:
        return None
    body = matcher.value.removeprefix("^").removesuffix("$")
    if "|" in body and not re.fullmatch(r"\([^()]*\)", body):
        body = f"({body})"
    known = [value for value in index.values(matcher.name).known if value][:_MAX_TRIED]
    for pattern in (f"{body}.*", f".*{body}", f".*{body}.*"):
        tried = LabelMatcher(matcher.name, matcher.op, pattern)
        try:
            if any(matches(tried, {matcher.name: value}) for value in known):
                return tried
        except LabelPatternError:
            return None
    return None
