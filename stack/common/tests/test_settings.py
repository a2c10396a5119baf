import pytest
from servicekit.settings import Environment, SettingError
from servicekit.wire import Address


def test_values_are_read_with_their_types() -> None:
    """Text becomes what the program works with."""
    environment = Environment({"N": " 5 ", "S": "1.5", "W": "a b  a", "E": "", "A": "host:80"})
    assert environment.whole("N") == 5
    assert environment.seconds("S") == 1.5
    assert environment.words("W") == {"a", "b"}
    assert environment.words("E") == frozenset()
    assert environment.address("A") == Address("host", 80)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("whole", "-1", "whole number"),
        ("whole", "many", "whole number"),
        ("seconds", "0", "more than 0"),
        ("seconds", "soon", "more than 0"),
        ("seconds", "nan", "more than 0"),
        ("seconds", "inf", "more than 0"),
        ("address", "host", "host:port"),
        ("address", "host:0", "host:port"),
        ("address", ":80", "host:port"),
    ],
)
def test_an_unusable_value_is_told_with_its_name(kind: str, value: str, expected: str) -> None:
    """The message names the variable, what was expected and what was seen."""
    with pytest.raises(SettingError) as caught:
        getattr(Environment({"LIMIT": value}), kind)("LIMIT")
    message = str(caught.value)
    assert message.startswith("LIMIT")
    assert expected in message
    assert repr(value) in message


def test_a_missing_variable_is_told_by_name() -> None:
    """Nothing is guessed for the operator."""
    with pytest.raises(SettingError, match="LIMIT is not set"):
        Environment({}).whole("LIMIT")
