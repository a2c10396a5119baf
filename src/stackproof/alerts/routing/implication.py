"""What matchers imply: that other matchers match too, or that no alert can match."""

import re
from collections.abc import Iterator, Sequence

from stackproof.alerts.label_matching import matches
from stackproof.model.monitoring import LabelMatcher, MatchOp

_LITERAL = r"[\w /@#:,<>=~!%&'-]*"
_ALTERNATIVES = re.compile(rf"{_LITERAL}(?:\|{_LITERAL})*")
_WRAPPED = re.compile(r"\((?:\?:)?([^()]*)\)")


def literals(pattern: str) -> frozenset[str] | None:
    """All values that a regular expression matches, if it is a list of literal alternatives; else None."""
    inner = pattern.removeprefix("^").removesuffix("$")
    wrapped = _WRAPPED.fullmatch(inner)
    inner = wrapped[1] if wrapped else inner
    return frozenset(inner.split("|")) if _ALTERNATIVES.fullmatch(inner) else None


def values_of(matcher: LabelMatcher) -> frozenset[str] | None:
    """All values that a matcher accepts; None if they cannot be listed."""
    if matcher.op is MatchOp.EQUAL:
        return frozenset({matcher.value})
    return literals(matcher.value) if matcher.op is MatchOp.REGEX else None


def is_implied(matcher: LabelMatcher, given: Sequence[LabelMatcher]) -> bool:
    """Whether a matcher matches wherever all the given ones do; False if that is not certain."""
    if matcher in given or _matches_all(matcher):
        return True
    values = allowed(matcher.name, given)
    if values is not None:
        return all(matches(matcher, {matcher.name: value}) for value in values)
    if not _requires_presence_only(matcher):
        return False
    return any(each.name == matcher.name and not matches(each, {}) for each in given)


def are_implied(matchers: Sequence[LabelMatcher], given: Sequence[LabelMatcher]) -> bool:
    """Whether all of the matchers match wherever all the given ones do; False if that is not certain."""
    return all(is_implied(matcher, given) for matcher in matchers)


def allowed(name: str, given: Sequence[LabelMatcher]) -> frozenset[str] | None:
    """The values of a label that all the given matchers accept; None if they cannot be listed."""
    of_label = [each for each in given if each.name == name]
    for each in of_label:
        values = values_of(each)
        if values is not None:
            return frozenset(value for value in values if all(matches(other, {name: value}) for other in of_label))
    return None


def contradictions(given: Sequence[LabelMatcher]) -> Iterator[str]:
    """Labels for which no value satisfies all the given matchers."""
    for name in dict.fromkeys(each.name for each in given):
        if allowed(name, given) == frozenset():
            yield name


def _matches_all(matcher: LabelMatcher) -> bool:
    return matcher.op is MatchOp.REGEX and matcher.value in {".*", "^.*$", "(.*)", ".*?"}


def _requires_presence_only(matcher: LabelMatcher) -> bool:
    """Whether it accepts every value except a missing label."""
    if matcher.op is MatchOp.NOT_EQUAL:
        return not matcher.value
    if matcher.op is MatchOp.NOT_REGEX:
        return not matcher.value or literals(matcher.value) == frozenset({""})
    return matcher.op is MatchOp.REGEX and matcher.value in {".+", "^.+$", "(.+)"}
