"""Parses Alertmanager's matchers, in both of its syntaxes, in linear time.

Since 0.27 Alertmanager parses a text as UTF-8 matchers first, then as classic ones. If both succeed and differ, the
classic result is used. Sources: https://prometheus.io/docs/alerting/latest/configuration/#matcher,
``FallbackMatchersParser`` in https://github.com/prometheus/alertmanager/blob/main/matcher/compat/parse.go, and
https://github.com/prometheus/alertmanager/blob/main/pkg/labels/parse.go.
"""

import re
from collections.abc import Iterator

from stackproof.declare.label_patterns import LabelPatternError, alertmanager_pattern
from stackproof.model.monitoring import LabelMatcher, MatchOp

_SPACES = " \t\n\f\r"  # \s of Go's regular expressions
_CLASSIC = re.compile(rf"[{_SPACES}]*([a-zA-Z_:][a-zA-Z0-9_:]*)[{_SPACES}]*(=~|=|!=|!~)")
_PART = r"""(?:"(?:[^"\\\n]|\\.)*"|[^\s{}!=~,\\"'`]+)"""
_UTF8 = re.compile(rf"\s*({_PART})\s*(=~|!~|!=|=)\s*({_PART})\s*")
_CLOSED = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_BARE_QUOTE = re.compile(r'(?<!\\)(?:\\\\)*"')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_GO_ESCAPE = re.compile(
    r'\\(?:(?P<single>[abfnrtv\\"])|x(?P<byte>[0-9a-fA-F]{2})|(?P<octal>[0-3][0-7]{2})|'
    r"u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8}))"
)
_SINGLE = dict(zip('abfnrtv\\"', '\a\b\f\n\r\t\v\\"', strict=True))
_ONE_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\C")  # RE2 knows it, Go's implementation does not


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
    if _ONE_BYTE.search(matcher.value):
        raise MatcherError(f"{matcher.value!r} is not a regular expression of Go: it does not know \\C")


def _parse_utf8(text: str) -> tuple[LabelMatcher, ...] | None:
    inner = text.strip()
    if inner.startswith("{") != inner.endswith("}") or inner == "{":
        return None
    if inner.startswith("{"):
        inner = inner[1:-1].rstrip()
    found, at = [], 0
    while at < len(inner):
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
    inner, at, parts = part[1:-1], 0, list[bytes]()
    try:
        for escape in re.finditer(r"\\.", inner):
            if escape.start() < at:
                continue  # the rest of a longer escape
            match = _GO_ESCAPE.match(inner, escape.start())
            if match is None:
                return None
            parts += (inner[at : match.start()].encode(), _escaped(match))
            at = match.end()
        # In Go, bytes that are escaped one by one (\xf0\x9f...) form one character.
        return b"".join((*parts, inner[at:].encode())).decode()
    except (ValueError, OverflowError):  # no Unicode text
        return None


def _escaped(match: re.Match[str]) -> bytes:
    if match["single"]:
        return _SINGLE[match["single"]].encode()
    if match["byte"] or match["octal"]:
        return bytes((int(match["byte"], 16) if match["byte"] else int(match["octal"], 8),))
    return chr(int(match["short"] or match["long"], 16)).encode()


def _parse_classic(text: str) -> tuple[LabelMatcher, ...]:
    inner = text.removeprefix("{").removesuffix("}")
    return tuple(_classic(token) for token in _split(inner))


def _split(text: str) -> Iterator[str]:
    """The parts between commas outside quotes; an empty last part is left out."""
    start, quoted, escaped = 0, False, False
    for place, char in enumerate(text):
        if char == "," and not quoted:
            yield text[start:place]
            start = place + 1
        elif char == '"' and not escaped:
            quoted = not quoted
        escaped = char == "\\" and not escaped
    last = text[start:].strip()
    if last:
        yield last


def _classic(token: str) -> LabelMatcher:
    match = _CLASSIC.match(token)
    if match is None:
        raise MatcherError(f'expected a matcher such as severity="critical", saw {token.strip()!r}')
    return LabelMatcher(match[1], MatchOp(match[2]), _classic_value(token[match.end() :].strip(_SPACES)))


def _classic_value(raw: str) -> str:
    quoted = raw.startswith('"')
    inner = raw[1:] if quoted else raw
    if quoted and not _CLOSED.fullmatch(inner):
        raise MatcherError(f"expected one closing quote at the end of {raw!r}")
    inner = inner.removesuffix('"') if quoted else inner
    if not quoted and _BARE_QUOTE.search(inner):
        raise MatcherError(f"expected no bare quote within {raw!r}")
    return _ESCAPE.sub(_classic_escape, inner)


def _classic_escape(escape: re.Match[str]) -> str:
    if escape[1] == "n":
        return "\n"
    return escape[1] if escape[1] in '"\\' else escape[0]
