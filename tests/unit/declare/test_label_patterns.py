"""Regular expressions of matchers match what RE2 matches, and are refused where RE2 refuses them."""

from contextlib import suppress

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from stackproof.declare.label_patterns import LabelPatternError, alertmanager_pattern, prometheus_pattern


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        ("web|db", "db", "dbs"),
        ("(?i)crit", "CRIT", "crits"),
        ("((?i)a|b)c", "Bc", "BC"),
        ("(?i:a)b", "Ab", "AB"),
        ("a(?i)b", "aB", "AB"),
        ("[[:alpha:]_]+", "ab_", "a1"),
        (r"\d+", "12", "٣"),
        (r"\pL+", "é", "1"),
        ("[]a]+", "]a", "b"),
        ("[^]a]", "b", "]"),
        ("a{x", "a{x", "ax"),
        (r"\Qa.b\E+", "a.bb", "axb"),
        (r"a\z", "a", "b"),
        (r"\x{41}", "A", "a"),
        ("(?P<n>a)(?<m>b)", "ab", "a"),
        ("(?U)a+", "aa", "b"),
        ("a[&&b]", "a&", "a["),
        ("a$", "a", "a\n"),
        (".*", "x", "\udcff"),
        ("(?s).*", "x\ny", None),
        ("", "", "a"),
    ],
)
def test_a_pattern_matches_as_in_re2(pattern: str, accepted: str, refused: str | None) -> None:
    """Whole values, ASCII classes, flags in groups, POSIX and Unicode classes; the same in both programs."""
    for compiled in (alertmanager_pattern(pattern), prometheus_pattern(pattern)):
        assert compiled.matches(accepted)
        assert refused is None or not compiled.matches(refused)


def test_a_dot_matches_a_line_break_in_prometheus_alone() -> None:
    """Prometheus compiles with the flag ``s``, Alertmanager without."""
    assert prometheus_pattern(".*").matches("x\ny")
    assert not alertmanager_pattern(".*").matches("x\ny")


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
        r"\pX",
        "(?P=n)",
        "\udcff",
    ],
)
def test_what_re2_refuses_is_refused(pattern: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Looking around is the usual attempt, and Alertmanager does not start with it. RE2 itself prints nothing."""
    for compile_pattern in (alertmanager_pattern, prometheus_pattern):
        with pytest.raises(LabelPatternError, match=r"\w+"):
            compile_pattern(pattern)
    assert capfd.readouterr() == ("", "")


def test_escaped_text_matches_itself() -> None:
    """Escaped special characters stand for themselves."""
    text = "a.b+c(d)[e]{f}|g^h$i?j*k"
    assert alertmanager_pattern(re2.escape(text)).matches(text)


@given(st.text(alphabet="ab(|)[]{}?*+\\^$.:-PQEisUx,1<>=!&\n", max_size=14))
def test_any_text_is_a_pattern_or_is_refused(text: str) -> None:
    """Nothing that people write causes another error or a warning."""
    for compile_pattern in (alertmanager_pattern, prometheus_pattern):
        with suppress(LabelPatternError):
            compile_pattern(text).matches("ab")
