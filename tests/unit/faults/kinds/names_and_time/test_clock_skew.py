import pytest

from stackproof.faults.catalogue import check
from stackproof.faults.evidence.wall_clock import Reading
from stackproof.faults.kinds.names_and_time.clock_skew import ClockSkew
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

WEB = small_stack().service("web")


@pytest.mark.parametrize(("skew_s", "faked"), [(3600, "+3600"), (-7200, "-7200")])
def test_the_service_is_made_anew_and_back(skew_s: int, faked: str) -> None:
    """It has the library and the skew while the fault holds; healing twice, or healing what never was, is fine."""
    engine = FakeStack()
    engine.said = ["38 41 -"]
    fault = check(FaultSpec.parse(f"clock_skew web skew_s={skew_s}"), engine.stack)
    fault.heal(engine)
    fault.inject(engine)
    alteration = engine.alterations["web"]
    assert alteration.environment["FAKETIME"] == faked
    assert alteration.environment["LD_PRELOAD"].startswith(alteration.library)
    fault.heal(engine)
    fault.heal(engine)
    assert not engine.alterations


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("38 36 -", "glibc 2.38 or newer, .*; saw glibc 2.36"),
        ("38 0 -", "glibc 2.38 or newer, .*; saw none"),
        ("38 41 jemalloc", "saw jemalloc, with which libfaketime hangs"),
    ],
)
def test_what_would_not_start_with_the_library_is_refused(said: str, message: str) -> None:
    """The service is left alone, and the error says what it lacks."""
    engine = FakeStack()
    engine.said = [said]
    with pytest.raises(FaultError, match=message):
        ClockSkew(WEB, 60).inject(engine)
    assert not engine.alterations


@pytest.mark.parametrize(
    ("skew_s", "reading", "bit"),
    [
        (3600, Reading(3599.5, 3600.5, "Date"), True),
        (-3600, Reading(-3600.5, -3599.5, "Date"), True),
        (-3600, Reading(3599.5, 3600.5, "Date"), False),
        (3600, Reading(-0.5, 0.5, "Date"), False),
        (3600, Reading(3590.0, 3591.0, "Date"), False),
        (3600, Reading(3599.5, 3600.5, "`date`", doubt="redis-server has not loaded it"), False),
        (10, Reading(-30.0, 10.0, "Date"), False),
        (2, Reading(1.5, 2.5, "Date"), False),
    ],
)
def test_it_bit_where_the_clock_is_off_by_the_skew(skew_s: int, reading: Reading, *, bit: bool) -> None:
    """Bitten: as far off as was asked for; not: right, off otherwise, or too late an answer to tell."""
    assert ClockSkew(WEB, skew_s).judge(reading).confirmed is bit


def test_a_clock_that_cannot_be_read_is_not_claimed() -> None:
    """Without a Date and without `date` there is nothing to see."""
    evidence = ClockSkew(WEB, 60).evidence(FakeStack())
    assert not evidence.confirmed
    assert "no way to read the clock of web" in evidence.observed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clock_skew web", "expected skew_s, a whole number of seconds from -315360000 to 315360000"),
        ("clock_skew web skew_s=0", "expected skew_s other than 0"),
        ("clock_skew web skew_s=1h", "expected skew_s to be a whole number"),
    ],
)
def test_what_cannot_be_is_refused(text: str, message: str) -> None:
    """The error says what was expected."""
    with pytest.raises(FaultError, match=message):
        check(FaultSpec.parse(text), small_stack())
