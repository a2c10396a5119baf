"""What matchers imply: that other matchers match too, or that no alert can match."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from stackproof.alerts.label_matching import matches
from stackproof.model.monitoring import LabelMatcher, MatchOp

_LITERAL = r"[\w /@#:,<>=~!%&'-]*"
_ALTERNATIVES = re.compile(rf"{_LITERAL}(?:\|{_LITERAL})*")
_WRAPPED = re.compile(r"\((?:\?:)?([^()]*)\)")
_MANY = 1000  # values of which each would be tried against a regular expression


@lru_cache(maxsize=4096)
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
    if matcher in given or accepts_everything(matcher):
        return True
    values = allowed(matcher.name, given)
    if values is not None:
        return _all_match(matcher, values)
    if not _requires_presence_only(matcher):
        return False
    return any(each.name == matcher.name and not matches(each, {}) for each in given)


def are_implied(matchers: Sequence[LabelMatcher], given: Sequence[LabelMatcher]) -> bool:
    """Whether all of the matchers match wherever all the given ones do; False if that is not certain."""
    return all(is_implied(matcher, given) for matcher in matchers)


def allowed(name: str, given: Sequence[LabelMatcher]) -> frozenset[str] | None:
    """The values of a label that all the given matchers accept; None if they cannot be listed."""
    of_label = [each for each in given if each.name == name]
    listed = [values for values in map(values_of, of_label) if values is not None]
    if not listed:
        return None
    common = frozenset.intersection(*listed)
    others = [each for each in of_label if values_of(each) is None]
    if others and len(common) > _MANY:
        return None
    return frozenset(value for value in common if all(matches(other, {name: value}) for other in others))


def contradictions(given: Sequence[LabelMatcher]) -> Iterator[str]:
    """Labels for which no value satisfies all the given matchers."""
    names = [each.name for each in given]
    for name in dict.fromkeys(names) if len(set(names)) < len(names) else ():
        if allowed(name, given) == frozenset():
            yield name


def accepts_everything(matcher: LabelMatcher) -> bool:
    """Whether a matcher accepts every value, and a missing label."""
    return matcher.op is MatchOp.REGEX and matcher.value in {".*", "^.*$", "(.*)", ".*?"}


def _all_match(matcher: LabelMatcher, values: frozenset[str]) -> bool:
    accepted = values_of(matcher)
    if accepted is not None:
        return values <= accepted
    if matcher.op is MatchOp.NOT_EQUAL:
        return matcher.value not in values
    refused = literals(matcher.value) if matcher.op is MatchOp.NOT_REGEX else None
    if refused is not None:
        return not values & refused
    return len(values) <= _MANY and all(matches(matcher, {matcher.name: value}) for value in values)


def _requires_presence_only(matcher: LabelMatcher) -> bool:
    """Whether it accepts every value except a missing label."""
    if matcher.op is MatchOp.NOT_EQUAL:
        return not matcher.value
    if matcher.op is MatchOp.NOT_REGEX:
        return not matcher.value or literals(matcher.value) == frozenset({""})
    return matcher.op is MatchOp.REGEX and matcher.value in {".+", "^.+$", "(.+)"}
