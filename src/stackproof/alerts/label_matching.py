"""Whether a matcher accepts a set of labels: in Alertmanager's routes, and in Prometheus' selectors.

Both give a label that is absent the value ``""``.
"""

from collections.abc import Callable, Mapping, Sequence

from stackproof.declare.label_patterns import LabelPattern, alertmanager_pattern, prometheus_pattern
from stackproof.model.monitoring import LabelMatcher, MatchOp


def matches(matcher: LabelMatcher, labels: Mapping[str, str]) -> bool:
    """Whether Alertmanager's matcher accepts labels.

    Raises:
        LabelPatternError: Its regular expression is not one of RE2; reading the file has reported that.
    """
    return _accepts(matcher, labels.get(matcher.name, ""), alertmanager_pattern)


def all_match(matchers: Sequence[LabelMatcher], labels: Mapping[str, str]) -> bool:
    """Whether all of Alertmanager's matchers accept labels; no matchers accept any.

    Raises:
        LabelPatternError: As `matches` does.
    """
    return all(matches(matcher, labels) for matcher in matchers)


def selects(matcher: LabelMatcher, labels: Mapping[str, str]) -> bool:
    """Whether a matcher of a PromQL selector accepts labels.

    Raises:
        LabelPatternError: Its regular expression is not one of RE2; the PromQL parser accepts some others.
    """
    return _accepts(matcher, labels.get(matcher.name, ""), prometheus_pattern)


def _accepts(matcher: LabelMatcher, value: str, compile_pattern: Callable[[str], LabelPattern]) -> bool:
    if matcher.op is MatchOp.EQUAL:
        return value == matcher.value
    if matcher.op is MatchOp.NOT_EQUAL:
        return value != matcher.value
    return compile_pattern(matcher.value).matches(value) is (matcher.op is MatchOp.REGEX)
