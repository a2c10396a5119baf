"""What follows from matchers: that others hold too, or that nothing can match."""

import re
from collections.abc import Iterator, Sequence

from stackproof.alerts.routing.delivery import matches
from stackproof.model.alerting import LabelMatcher, MatchOp

_WORD = r"[\w /@#:,<>=~!%&'-]*"
_ALTERNATIVES = re.compile(rf"{_WORD}(?:\|{_WORD})*")
_WRAPPED = re.compile(r"\((?:\?:)?([^()]*)\)")


def literals(pattern: str) -> frozenset[str] | None:
    """The only values that a regular expression matches, where it is a choice of plain words; else None."""
    inner = pattern.removeprefix("^").removesuffix("$")
    wrapped = _WRAPPED.fullmatch(inner)
    inner = wrapped[1] if wrapped else inner
    return frozenset(inner.split("|")) if _ALTERNATIVES.fullmatch(inner) else None


def values_of(matcher: LabelMatcher) -> frozenset[str] | None:
    """The only values that satisfy a matcher; None where there are more than can be told."""
    if matcher.op is MatchOp.EQUAL:
        return frozenset({matcher.value})
    return literals(matcher.value) if matcher.op is MatchOp.REGEX else None


def follows(matcher: LabelMatcher, given: Sequence[LabelMatcher]) -> bool:
    """Whether a matcher holds for certain wherever all the given ones do; False where that cannot be told."""
    if matcher in given or _always(matcher):
        return True
    values = allowed(matcher.name, given)
    if values is not None:
        return all(matches(matcher, {matcher.name: value}) for value in values)
    if not _asks_for_any(matcher):
        return False
    return any(each.name == matcher.name and not matches(each, {}) for each in given)


def follow(matchers: Sequence[LabelMatcher], given: Sequence[LabelMatcher]) -> bool:
    """Whether all of them hold for certain wherever all the given ones do."""
    return all(follows(matcher, given) for matcher in matchers)


def allowed(name: str, given: Sequence[LabelMatcher]) -> frozenset[str] | None:
    """The values of a label with which all the given matchers hold; None where they are more than can be told."""
    mine = [each for each in given if each.name == name]
    for each in mine:
        values = values_of(each)
        if values is not None:
            return frozenset(value for value in values if all(matches(other, {name: value}) for other in mine))
    return None


def contradictions(given: Sequence[LabelMatcher]) -> Iterator[str]:
    """Labels of which no value can satisfy all the given matchers."""
    for name in dict.fromkeys(each.name for each in given):
        if allowed(name, given) == frozenset():
            yield name


def _always(matcher: LabelMatcher) -> bool:
    return matcher.op is MatchOp.REGEX and matcher.value in {".*", "^.*$", "(.*)", ".*?"}


def _asks_for_any(matcher: LabelMatcher) -> bool:
    """Whether it asks for nothing but that the label be there."""
    if matcher.op is MatchOp.NOT_EQUAL:
        return not matcher.value
    if matcher.op is MatchOp.NOT_REGEX:
        return not matcher.value or literals(matcher.value) == frozenset({""})
    return matcher.op is MatchOp.REGEX and matcher.value in {".+", "^.+$", "(.+)"}
