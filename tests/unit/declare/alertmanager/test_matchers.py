"""A matcher means what it means to Alertmanager, in either of its syntaxes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.declare.alertmanager.matchers import MatcherError, parse_matchers


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
def test_a_matcher_means_what_alertmanager_takes_it_for(text: str, means: str) -> None:
    """All that Alertmanager's documentation shows."""
    assert " ".join(str(each) for each in parse_matchers(text)) == means


@pytest.mark.parametrize(("text", "value"), [("a==", "="), ('{a="b"', "b")])
def test_the_classic_syntax_forgives(text: str, value: str) -> None:
    """Alertmanager takes a second sign as the value, and does not miss a brace: so we do not call it wrong."""
    assert parse_matchers(text)[0].value == value


@pytest.mark.parametrize("text", ["a", 'a="b', '=b"', 'a=~"("', "a=~*", "a b=c", 'a="b"c"'])
def test_what_is_no_matcher_is_refused(text: str) -> None:
    """Where Alertmanager would refuse the file, so do we."""
    with pytest.raises(MatcherError):
        parse_matchers(text)


@given(st.text(alphabet="ab=~!\"'\\{}, \nxn(é", max_size=16))
def test_any_text_is_matchers_or_is_refused(text: str) -> None:
    """Nothing that people write ends in another error."""
    with suppress(MatcherError):
        assert all(each.name for each in parse_matchers(text))
