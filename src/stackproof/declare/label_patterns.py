"""Regular expressions of label matchers, compiled and run by RE2, as Prometheus and Alertmanager do with Go's RE2.

A pattern must match the whole value. Sources: ``NewFastRegexMatcher`` in
https://github.com/prometheus/prometheus/blob/main/model/labels/regexp.go and ``NewMatcher`` in
https://github.com/prometheus/alertmanager/blob/main/pkg/labels/matcher.go. Syntax:
https://github.com/google/re2/wiki/Syntax.
"""

from dataclasses import dataclass
from functools import lru_cache

import re2


class LabelPatternError(ValueError):
    """RE2 does not accept the pattern; the message says why."""


@dataclass(frozen=True, slots=True)
class LabelPattern:
    """A compiled pattern.

    Attributes:
        compiled: RE2's own object.
    """

    compiled: re2._Regexp

    def matches(self, value: str) -> bool:
        """Whether the pattern matches the whole value; a value that is not Unicode text matches nothing."""
        try:
            return self.compiled.fullmatch(value) is not None
        except UnicodeEncodeError:
            return False


@lru_cache(maxsize=4096)
def alertmanager_pattern(text: str) -> LabelPattern:
    """Compile a pattern as Alertmanager does (``^(?:...)$``): a dot does not match a line break.

    Raises:
        LabelPatternError: RE2 does not accept it.
    """
    return _compiled(text, _options())


@lru_cache(maxsize=4096)
def prometheus_pattern(text: str) -> LabelPattern:
    """Compile a pattern as Prometheus does (``^(?s:...)$``): a dot matches a line break too.

    Raises:
        LabelPatternError: RE2 does not accept it.
    """
    options = _options()
    options.dot_nl = True
    return _compiled(text, options)


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False  # RE2 would print them on standard error
    options.never_capture = True
    return options


def _compiled(text: str, options: re2.Options) -> LabelPattern:
    try:
        return LabelPattern(re2.compile(text, options))
    except re2.error as error:
        reason = error.args[0]
        raise LabelPatternError(reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)) from None
    except UnicodeEncodeError:
        raise LabelPatternError("it is not Unicode text") from None
