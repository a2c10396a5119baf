import pytest

from stackproof.faults.parameters import IntegerParameter, refuse_unknown
from stackproof.model import FaultError, FaultSpec

DELAY_MS = IntegerParameter("delay_ms", "how long to wait", "milliseconds", 1, 1000, default=10)
RATE_KBPS = IntegerParameter("rate_kbps", "how fast", "kilobits a second", 8, 800, step=8)


def spec(**parameters: str) -> FaultSpec:
    """A fault with these parameters."""
    return FaultSpec("some", "net/api:80", parameters)


def test_a_value_is_read_and_a_missing_one_has_its_default() -> None:
    """What is written counts; what is not has the value that the documentation names."""
    assert DELAY_MS.read(spec(delay_ms="250")) == 250
    assert DELAY_MS.read(spec()) == 10


@pytest.mark.parametrize("text", ["0", "1001", "-5", "1.5", "abc", "", "1e3", "٣", "1_0"])
def test_what_is_no_number_within_bounds_is_refused_with_what_was_expected(text: str) -> None:
    """The error names the parameter, its unit, its bounds, and what was seen."""
    with pytest.raises(FaultError) as refused:
        DELAY_MS.read(spec(delay_ms=text))
    assert "expected delay_ms to be a whole number of milliseconds from 1 to 1000" in str(refused.value)
    assert repr(text) in str(refused.value)


def test_a_value_between_two_steps_is_refused() -> None:
    """Where the engine counts in steps, a value between them is not rounded behind one's back."""
    assert RATE_KBPS.read(spec(rate_kbps="64")) == 64
    with pytest.raises(FaultError, match="a multiple of 8 of kilobits"):
        RATE_KBPS.read(spec(rate_kbps="65"))


def test_a_missing_value_without_default_is_asked_for() -> None:
    """The error says what to add."""
    with pytest.raises(FaultError, match=r"expected rate_kbps.*it is not given\n  fix: add rate_kbps=8 or more"):
        RATE_KBPS.read(spec())


def test_an_unknown_parameter_is_refused_with_the_known_ones() -> None:
    """A typo is not ignored: the error lists each parameter with what it takes."""
    with pytest.raises(FaultError, match="no parameter 'delay'; it has: delay_ms: a whole number of milliseconds"):
        refuse_unknown(spec(delay="5"), (DELAY_MS,))
