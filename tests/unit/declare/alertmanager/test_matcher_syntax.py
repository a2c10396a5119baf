"""A matcher means what it means to Alertmanager, in both syntaxes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.declare.alertmanager.matcher_syntax import MatcherError, parse_matchers


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("a=b", 'a="b"'),
        ('a="b"', 'a="b"'),
        (' a != "b c" ', 'a!="b c"'),
        ("a =~ x|y", 'a=~"x|y"'),
        ('a!~"^(x|y)$"', 'a!~"^(x|y)$"'),
        ("a=", 'a=""'),
        ("a=b c", 'a="b c"'),
        (r'a=~"web\.prod"', r'a=~"web\.prod"'),  # no escape of Go's: the classic reading holds
        (r'a=~"web\\.prod"', r'a=~"web\.prod"'),
        ('{a="b",c=~"d,e"}', 'a="b" c=~"d,e"'),
        ('{a="b", c="d",}', 'a="b" c="d"'),
        ('a="b",c="d"', 'a="b" c="d"'),
        ('"a b"="c"', 'a b="c"'),
        ('a="say \\"x\\""', 'a="say "x""'),
        ("Προμηθεύς=x", 'Προμηθεύς="x"'),
    ],
)
def test_a_matcher_is_read_as_by_alertmanager(text: str, means: str) -> None:
    """Every form in Alertmanager's documentation."""
    assert " ".join(str(each) for each in parse_matchers(text)) == means


@pytest.mark.parametrize(("text", "value"), [("a==", "="), ('{a="b"', "b")])
def test_the_classic_syntax_is_lenient(text: str, value: str) -> None:
    """Alertmanager accepts a second sign as part of the value and a missing brace, so we do too."""
    assert parse_matchers(text)[0].value == value


@pytest.mark.parametrize("text", ["a", 'a="b', '=b"', 'a=~"("', "a=~*", "a b=c", 'a="b"c"'])
def test_what_is_not_a_matcher_is_refused(text: str) -> None:
    """We refuse what makes Alertmanager reject the file."""
    with pytest.raises(MatcherError):
        parse_matchers(text)


@given(st.text(alphabet="ab=~!\"'\\{}, \nxn(é", max_size=16))
def test_any_text_is_matchers_or_is_refused(text: str) -> None:
    """Nothing that people write causes another error."""
    with suppress(MatcherError):
        assert all(each.name for each in parse_matchers(text))
