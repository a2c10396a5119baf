import pytest

from stackproof.faults.parameters import (
    AddressParameter,
    ChoiceParameter,
    IntegerParameter,
    NameParameter,
    refuse_unknown,
)
from stackproof.model import FaultError, FaultSpec

DELAY_MS = IntegerParameter("delay_ms", "how long to wait", "milliseconds", 1, 1000, default=10)
RATE_KBPS = IntegerParameter("rate_kbps", "how fast", "kilobits a second", 8, 800, step=8)

SKEW_S = IntegerParameter("skew_s", "how far off", "seconds", -60, 60)
MODE = ChoiceParameter("mode", "how", ("loud", "silent"))
NAME = NameParameter("name", "who")
ADDRESS = AddressParameter("address", "where")


def spec(**parameters: str) -> FaultSpec:
    """A fault with these parameters."""
    return FaultSpec("some", "net/api:80", parameters)


def test_a_value_is_read_and_a_missing_one_has_its_default() -> None:
    """The default is the one in the documentation."""
    assert DELAY_MS.read(spec(delay_ms="250")) == 250
    assert DELAY_MS.read(spec()) == 10


@pytest.mark.parametrize("text", ["0", "1001", "-5", "1.5", "abc", "", "1e3", "٣", "1_0"])
def test_anything_but_a_number_within_bounds_is_refused(text: str) -> None:
    """The error has the parameter, its unit, its bounds, and the value."""
    with pytest.raises(FaultError) as refused:
        DELAY_MS.read(spec(delay_ms=text))
    assert "expected delay_ms to be a whole number of milliseconds from 1 to 1000" in str(refused.value)
    assert repr(text) in str(refused.value)


def test_a_value_between_two_steps_is_refused() -> None:
    """If the engine counts in steps, a value between them is not rounded silently."""
    assert RATE_KBPS.read(spec(rate_kbps="64")) == 64
    with pytest.raises(FaultError, match="a multiple of 8 of kilobits"):
        RATE_KBPS.read(spec(rate_kbps="65"))


def test_a_required_parameter_must_be_given() -> None:
    """The error says what to add."""
    with pytest.raises(FaultError, match=r"rate_kbps is required: a multiple of 8.*\n  fix: add rate_kbps=8 or more"):
        RATE_KBPS.read(spec())


def test_an_unknown_parameter_is_refused_with_the_known_ones() -> None:
    """A typo is not ignored: the error lists each parameter with the values that it takes."""
    with pytest.raises(FaultError, match="no parameter 'delay'; it has: delay_ms: a whole number of milliseconds"):
        refuse_unknown(spec(delay="5"), (DELAY_MS,))


@pytest.mark.parametrize(("text", "value"), [("-60", -60), ("+60", 60), ("7", 7), ("-0", 0)])
def test_a_sign_is_accepted_if_a_value_may_be_negative(text: str, value: int) -> None:
    """Both signs are accepted then, and none otherwise."""
    assert SKEW_S.read(spec(skew_s=text)) == value
    with pytest.raises(FaultError):
        DELAY_MS.read(spec(delay_ms="+10"))


@pytest.mark.parametrize("text", ["-61", "61", "--5", "-", "+", "- 5", "5-", "\N{MINUS SIGN}5", "٣", "-1_0"])
def test_anything_but_a_signed_number_within_bounds_is_refused(text: str) -> None:
    """The error has the bounds, the lower one with its sign."""
    with pytest.raises(FaultError, match="expected skew_s to be a whole number of seconds from -60 to 60, saw"):
        SKEW_S.read(spec(skew_s=text))


def test_a_required_signed_parameter_must_be_given() -> None:
    """A negative minimum is no sensible suggestion."""
    with pytest.raises(FaultError, match=r"skew_s is required: .*\n  fix: add skew_s=NUMBER"):
        SKEW_S.read(spec())


def test_a_choice_is_one_of_its_words() -> None:
    """The first is the default; any other word is refused with the known ones."""
    assert MODE.read(spec(mode="silent")) == "silent"
    assert MODE.read(spec()) == "loud"
    assert not MODE.is_required
    with pytest.raises(FaultError, match=r"expected mode to be loud or silent \(default loud\), saw 'LOUD'"):
        MODE.read(spec(mode="LOUD"))


@pytest.mark.parametrize("name", ["db", "mime-server.private_net", "a.b.c", "_srv._tcp.x", "DB1", "1.com", "x" * 63])
def test_a_host_name_is_read_as_it_is_written(name: str) -> None:
    """Names of services may have underscores, although the RFCs do not allow them."""
    assert NAME.read(spec(name=name)) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "db.",
        ".db",
        "a..b",
        "-a",
        "a-",
        "a b",
        "a/b",
        "a#b",
        "10.0.0.1",
        "5",
        "x" * 64,
        "ä",
        "*.db",
        "a.b" * 90,
    ],
)
def test_anything_but_a_host_name_is_refused(name: str) -> None:
    """An address is never looked up; and nothing passes that a resolver's options would not take for a name."""
    with pytest.raises(FaultError, match="expected name to be a host name"):
        NAME.read(spec(name=name))


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "127.255.0.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.7.7"]
)
def test_an_allowed_address_is_read(text: str) -> None:
    """Loopback and the private ranges."""
    assert str(ADDRESS.read(spec(address=text))) == text


@pytest.mark.parametrize(
    "text",
    [
        "8.8.8.8",
        "172.32.0.1",
        "169.254.1.1",
        "192.0.2.1",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "db",
        "127.1",
        "127.0.0.01",
    ],
)
def test_an_address_that_may_belong_to_others_is_refused(text: str) -> None:
    """No traffic is sent to others: the error has the allowed ranges, and the reason."""
    with pytest.raises(FaultError, match=r"in 127\.0\.0\.0/8, .*saw(.|\n)*no traffic out of the stack's own networks"):
        ADDRESS.read(spec(address=text))


@pytest.mark.parametrize("parameter", [NAME, ADDRESS], ids=lambda each: each.name)
def test_a_required_text_must_be_given(parameter: NameParameter | AddressParameter) -> None:
    """The error says what to add."""
    assert parameter.is_required
    with pytest.raises(FaultError, match=rf"{parameter.name} is required: .*\n  fix: add {parameter.name}="):
        parameter.read(spec())
