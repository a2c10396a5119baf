import pytest

from stackproof.faults.catalogue import check
from stackproof.faults.evidence.wall_clock import ClockReading
from stackproof.faults.kinds.names_and_time.clock_skew import ClockSkew
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

WEB = small_stack().service("web")


@pytest.mark.parametrize(("skew_s", "faked"), [(3600, "+3600"), (-7200, "-7200")])
def test_the_service_is_recreated_and_restored(skew_s: int, faked: str) -> None:
    """It has the library and the skew while the fault is held; healing twice, or without an injection, is fine."""
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
    ("printed", "message"),
    [
        ("38 36 -", "glibc 2.38 or newer, .*; saw glibc 2.36"),
        ("38 0 -", "glibc 2.38 or newer, .*; saw none"),
        ("38 41 jemalloc", "saw jemalloc, with which libfaketime deadlocks"),
    ],
)
def test_a_service_that_would_not_start_with_the_library_is_refused(printed: str, message: str) -> None:
    """It is not changed, and the error says what it lacks."""
    engine = FakeStack()
    engine.said = [printed]
    with pytest.raises(FaultError, match=message):
        ClockSkew(WEB, 60).inject(engine)
    assert not engine.alterations


@pytest.mark.parametrize(
    ("skew_s", "reading", "confirmed"),
    [
        (3600, ClockReading(3599.5, 3600.5, "Date"), True),
        (-3600, ClockReading(-3600.5, -3599.5, "Date"), True),
        (-3600, ClockReading(3599.5, 3600.5, "Date"), False),
        (3600, ClockReading(-0.5, 0.5, "Date"), False),
        (3600, ClockReading(3590.0, 3591.0, "Date"), False),
        (3600, ClockReading(3599.5, 3600.5, "`date`", doubt="redis-server has not loaded it"), False),
        (10, ClockReading(-30.0, 10.0, "Date"), False),
        (2, ClockReading(1.5, 2.5, "Date"), False),
    ],
)
def test_it_is_confirmed_if_the_clock_is_wrong_by_the_skew(
    skew_s: int, reading: ClockReading, *, confirmed: bool
) -> None:
    """Confirmed: wrong by the skew; not confirmed: right, wrong by something else, or too slow an answer."""
    assert ClockSkew(WEB, skew_s).judge(reading).confirmed is confirmed


def test_a_clock_that_cannot_be_read_is_not_confirmed() -> None:
    """Without a Date and without `date` there is nothing to observe."""
    evidence = ClockSkew(WEB, 60).evidence(FakeStack())
    assert not evidence.confirmed
    assert "cannot be observed: web does not run, or has neither" in evidence.observed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clock_skew web", "skew_s is required: a whole number of seconds from -315360000 to 315360000"),
        ("clock_skew web skew_s=0", "expected a skew_s other than 0"),
        ("clock_skew web skew_s=1h", "expected skew_s to be a whole number"),
    ],
)
def test_wrong_parameters_are_refused(text: str, message: str) -> None:
    """The error says what was expected."""
    with pytest.raises(FaultError, match=message):
        check(FaultSpec.parse(text), small_stack())
