"""Regular expressions match what RE2 has them match, and what RE2 refuses is refused."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.model.re2 import Re2Error, compile_re2


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("web|db", "db", "dbs"),
        ("(?i)crit", "CRIT", "crits"),
        ("((?i)a|b)c", "Bc", "BC"),
        ("(?i:a)b", "Ab", "AB"),
        ("[[:alpha:]_]+", "ab_", "a1"),
        (r"\d+", "12", "٣"),
        ("[]a]+", "]a", "b"),
        ("[^]a]", "b", "]"),
        ("a{x", "a{x", "ax"),
        (r"\Qa.b\E+", "a.bb", "axb"),
        (r"a\z", "a", "b"),
        (r"\x{41}", "A", "a"),
        ("(?P<n>a)(?<m>b)", "ab", "a"),
        ("(?U)a+", "aa", "b"),
        ("a[&&b]", "a&", "a["),
        (".*", "x", "x\ny"),
        ("(?s).*", "x\ny", None),
        ("", "", "a"),
    ],
)
def test_an_expression_matches_as_in_re2(pattern: str, yes: str, no: str | None) -> None:
    """Whole values, ASCII classes, flags in groups, POSIX classes."""
    compiled = compile_re2(pattern)
    assert compiled.fullmatch(yes)
    assert no is None or not compiled.fullmatch(no)


@pytest.mark.parametrize(
    "pattern",
    [
        "(?!a)b",
        "(?<=a)b",
        r"(a)\1",
        "(?>a)",
        "a++",
        "a**",
        "*",
        "(",
        ")",
        "[a",
        "a{1001}",
        "a\\",
        r"\Z",
        r"\pL",
        "(?P=n)",
    ],
)
def test_what_re2_refuses_is_refused(pattern: str) -> None:
    """Looking around is what people try most; Alertmanager does not start with it."""
    with pytest.raises(Re2Error):
        compile_re2(pattern)


def test_plain_text_matches_itself() -> None:
    """An escaped text is taken for itself."""
    text = "a.b+c(d)[e]{f}|g^h$i?j*k"
    assert compile_re2(re.escape(text)).fullmatch(text)


@given(st.text(alphabet="ab(|)[]{}?*+\\^$.:-PQEisUx,1<>=!&\n", max_size=14))
def test_any_text_is_an_expression_or_is_refused(text: str) -> None:
    """Nothing that people write ends in another error, or in a warning."""
    with suppress(Re2Error):
        compile_re2(text).fullmatch("ab")
