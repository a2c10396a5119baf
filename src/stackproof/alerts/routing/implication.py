"""What matchers imply: that other matchers match too, or that no alert can match."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


ByLabel = Mapping[str, Sequence[LabelMatcher]]
"""Matchers by their label."""


def by_label(matchers: Iterable[LabelMatcher]) -> ByLabel:
    """Matchers by their label, in order and each once."""
    found: dict[str, list[LabelMatcher]] = {}
    for matcher in dict.fromkeys(matchers):
        found.setdefault(matcher.name, []).append(matcher)
    return found


def is_implied(matcher: LabelMatcher, given: Sequence[LabelMatcher]) -> bool:
    """Whether a matcher matches wherever all the given ones do; False if that is not certain."""
    return _is_implied(matcher, [each for each in given if each.name == matcher.name])


def are_implied(matchers: Iterable[LabelMatcher], given: ByLabel) -> bool:
    """Whether all of the matchers match wherever all the given ones do; False if that is not certain."""
    return all(_is_implied(matcher, given.get(matcher.name, ())) for matcher in matchers)


def are_same(one: Sequence[LabelMatcher], other: Sequence[LabelMatcher]) -> bool:
    """Whether two lists of matchers surely match the same alerts."""
    return are_implied(one, by_label(other)) and are_implied(other, by_label(one))


def _is_implied(matcher: LabelMatcher, of_label: Sequence[LabelMatcher]) -> bool:
    if accepts_everything(matcher):
        return True
    if len(of_label) > _MANY:
        return False
    if matcher in of_label:
        return True
    values = allowed(of_label)
    if values is not None:
        return _all_match(matcher, values)
    return _requires_presence_only(matcher) and any(not matches(each, {}) for each in of_label)


def allowed(of_label: Sequence[LabelMatcher]) -> frozenset[str] | None:
    """The values that all matchers of one label accept; None if they cannot be listed."""
    listed = [values for values in map(values_of, of_label) if values is not None]
    if not listed:
        return None
    common = frozenset.intersection(*listed)
    others = [each for each in of_label if values_of(each) is None]
    if len(common) * len(others) > _MANY:
        return None
    return frozenset(value for value in common if all(matches(other, {other.name: value}) for other in others))


def contradictions(given: Iterable[LabelMatcher]) -> Iterator[str]:
    """Labels for which no value satisfies all the given matchers."""
    yield from impossible_labels(by_label(given))


def impossible_labels(given: ByLabel) -> Iterator[str]:
    """Labels for which no value satisfies all the given matchers."""
    for name, of_label in given.items():
        if len(of_label) > 1 and allowed(of_label) == frozenset():
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
