"""Parses Alertmanager's matchers, in both of its syntaxes.

Source: https://prometheus.io/docs/alerting/latest/configuration/#matcher. Since 0.27 Alertmanager parses a text as
UTF-8 matchers first, then as classic ones. If both succeed and differ, the classic result is used.
"""

import ast
import re
from collections.abc import Iterator

from stackproof.declare.label_patterns import LabelPatternError, alertmanager_pattern
from stackproof.model.monitoring import LabelMatcher, MatchOp

_CLASSIC = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*", re.DOTALL)
_PART = r"""(?:"(?:[^"\\\n]|\\.)*"|[^\s{}!=~,\\"'`]+)"""
_UTF8 = re.compile(rf"\s*({_PART})\s*(=~|!~|!=|=)\s*({_PART})\s*")
_SINGLE_ESCAPES = frozenset('abfnrtv\\"x01234567uU')


class MatcherError(ValueError):
    """The text is not a matcher; the message says why."""


def parse_matchers(text: str) -> tuple[LabelMatcher, ...]:
    """Parse one matcher, or several separated by commas, with or without braces around them.

    Raises:
        MatcherError: It fits neither syntax, or RE2 does not accept its regular expression.
    """
    utf8 = _parse_utf8(text)
    try:
        classic = _parse_classic(text)
    except MatcherError:
        if utf8 is None:
            raise
        classic = utf8
    for matcher in classic:
        check_regex(matcher)
    return classic


def check_regex(matcher: LabelMatcher) -> None:
    """Check the regular expression of a matcher, if it has one.

    Raises:
        MatcherError: RE2 does not accept it.
    """
    if matcher.op not in {MatchOp.REGEX, MatchOp.NOT_REGEX}:
        return
    try:
        alertmanager_pattern(matcher.value)
    except LabelPatternError as error:
        raise MatcherError(f"{matcher.value!r} is not a regular expression (RE2): {error}") from None


def _parse_utf8(text: str) -> tuple[LabelMatcher, ...] | None:
    inner = text.strip()
    if inner.startswith("{") != inner.endswith("}"):
        return None
    if inner.startswith("{"):
        inner = inner[1:-1]
    found, at = [], 0
    while at < len(inner.rstrip()):
        match = _UTF8.match(inner, at)
        if match is None:
            return None
        name, value = _unquoted(match[1]), _unquoted(match[3])
        if name is None or value is None:
            return None
        found.append(LabelMatcher(name, MatchOp(match[2]), value))
        at = match.end()
        if at < len(inner) and inner[at] != ",":
            return None
        at += 1
    return tuple(found)


def _unquoted(part: str) -> str | None:
    """A literal unchanged, a quoted text without its quotes; None if it has an escape that Go does not know."""
    if not part.startswith('"'):
        return part
    if any(escape[1] not in _SINGLE_ESCAPES for escape in re.findall(r"\\.", part)):
        return None
    try:
        value = ast.literal_eval(part)
        # In Go, bytes that are escaped one by one (\xf0\x9f...) form one character.
        return str(value).encode("latin-1").decode() if "\\x" in part else str(value)
    except (SyntaxError, ValueError, UnicodeError):
        return None


def _parse_classic(text: str) -> tuple[LabelMatcher, ...]:
    inner = text.removeprefix("{").removesuffix("}")
    return tuple(_classic(token) for token in _split(inner))


def _split(text: str) -> Iterator[str]:
    """The parts between commas outside quotes."""
    token, quoted, escaped = "", False, False
    for char in text:
        if char == "," and not quoted:
            yield token
            token = ""
            continue
        if char == '"' and not escaped:
            quoted = not quoted
        escaped = char == "\\" and not escaped
        token += char
    if token:
        yield token


def _classic(token: str) -> LabelMatcher:
    match = _CLASSIC.fullmatch(token)
    if match is None:
        raise MatcherError(f'expected a matcher such as severity="critical", saw {token.strip()!r}')
    return LabelMatcher(match[1], MatchOp(match[2]), _classic_value(match[3]))


def _classic_value(raw: str) -> str:
    quoted = raw.startswith('"')
    inner = raw[1:] if quoted else raw
    if quoted and not re.fullmatch(r'(?:[^"\\]|\\.)*"', inner, re.DOTALL):
        raise MatcherError(f"expected one closing quote at the end of {raw!r}")
    inner = inner.removesuffix('"') if quoted else inner
    if not quoted and re.search(r'(?<!\\)(?:\\\\)*"', inner):
        raise MatcherError(f"expected no bare quote within {raw!r}")
    return re.sub(r'\\(n|"|\\)', lambda escape: "\n" if escape[1] == "n" else escape[1], inner)
