from itertools import islice, pairwise
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.faults.evidence.client_view import ClientView, ConnectionEnd
from stackproof.faults.kinds.links.flap import KIND, Flap, flap_times
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.unit.fakes import WEB, FakeLink, FakeStack, small_stack
from tests.unit.faults.client_views import answered, seen, unanswered

SPEC = FaultSpec.parse("flap front/web:80 up_ms=100 down_ms=100 seed=7")
WITHIN_S = 30.0
UP, DOWN, SILENT = answered(), unanswered(ConnectionEnd.REFUSED), unanswered(ConnectionEnd.OPEN, 2.0)


class TurningLink(FakeLink):
    """A link that sets an event when it was restored and cut again."""

    def __init__(self) -> None:
        super().__init__()
        self.turned = Event()
        self._was_restored = False

    def cut(self) -> None:
        """Stop listening."""
        super().cut()
        if self._was_restored:
            self.turned.set()

    def restore(self) -> None:
        """Listen again."""
        self._was_restored = True
        super().restore()


def test_the_link_goes_down_and_up_until_it_is_healed() -> None:
    """It is cut at once, restored and cut again; healed, it listens and is left alone; healing twice is fine."""
    link = TurningLink()
    engine = FakeStack(controls={WEB: link})
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert link.turned.wait(WITHIN_S)
    fault.heal(engine)
    assert not link.is_cut()
    fault.heal(engine)
    assert not link.is_cut()


def test_another_process_only_restores_it() -> None:
    """Where nothing acts in this process, healing restores the link."""
    engine = FakeStack()
    engine.links[WEB].cut()
    KIND.check(SPEC, engine.stack).heal(engine)
    assert not engine.links[WEB].is_cut()


def test_an_error_in_the_background_is_raised_by_the_heal_and_the_link_is_restored() -> None:
    """An error in the background is not lost, and does not keep the heal from its work."""

    class RefusesOnce(FakeLink):
        refusal = Event()

        def restore(self) -> None:
            if not self.refusal.is_set():
                self.refusal.set()
                raise EngineError("the fake refuses to restore")
            super().restore()

    link = RefusesOnce()
    engine = FakeStack(controls={WEB: link})
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert link.refusal.wait(WITHIN_S)
    with pytest.raises(FaultError, match="it stopped early: the fake refuses to restore"):
        fault.heal(engine)
    assert not link.is_cut()


@given(seed=st.integers(0, 2**31 - 1), up_ms=st.integers(100, 10_000), down_ms=st.integers(100, 10_000))
def test_the_times_follow_from_the_seed(seed: int, up_ms: int, down_ms: int) -> None:
    """The same seed gives the same times; each stay is within half and one and a half of its average, down first."""
    times = list(islice(flap_times(seed, up_ms, down_ms), 40))
    assert times == list(islice(flap_times(seed, up_ms, down_ms), 40))
    stays_ms = [(after - before) * 1000 for before, after in pairwise([0.0, *times])]
    assert all(0.499 * down_ms <= stay_ms <= 1.501 * down_ms for stay_ms in stays_ms[::2])
    assert all(0.499 * up_ms <= stay_ms <= 1.501 * up_ms for stay_ms in stays_ms[1::2])


def test_another_seed_gives_other_times() -> None:
    """Otherwise a seed would mean nothing."""
    assert next(flap_times(1, 500, 500)) != next(flap_times(2, 500, 500))


def test_the_averages_are_what_was_asked_for() -> None:
    """Over many turns the link is up and down for as long as it was told, within 2 %."""
    times = [0.0, *islice(flap_times(3, 300, 700), 20_000)]
    down_s = sum(after - before for before, after in list(pairwise(times))[::2])
    assert down_s / 10_000 == pytest.approx(0.7, rel=0.02)
    assert times[-1] / 10_000 == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize(
    ("over", "bit"),
    [
        ((UP, DOWN, UP), True),
        ((DOWN, UP, unanswered(ConnectionEnd.RESET)), True),
        ((DOWN, SILENT, UP, SILENT, unanswered(ConnectionEnd.CLOSED)), True),
        ((UP, UP, UP), False),
        ((DOWN, DOWN, DOWN), False),
        ((UP, DOWN, DOWN), False),
        ((DOWN, UP, UP), False),
        ((UP, SILENT, UP, SILENT), False),
    ],
)
def test_it_is_confirmed_where_answers_and_refusals_take_turns(over: tuple[ClientView, ...], *, bit: bool) -> None:
    """Confirmed: it went and came, or came and went; not: sound, cut for good, cut once, or only slow."""
    flap = Flap(SPEC, WEB, 500, 500, 0)
    assert flap.judge([seen(each, UP) for each in over]).confirmed is bit


def test_a_service_that_comes_and_goes_itself_is_no_flap() -> None:
    """Where a question beside the link is not answered, it is not the link alone."""
    flap = Flap(SPEC, WEB, 500, 500, 0)
    evidence = flap.judge([seen(UP, UP), seen(DOWN, DOWN), seen(UP, UP)])
    assert not evidence.confirmed
    assert evidence.observed == (
        "of 3 questions over the link 2 were answered and 1 refused, and it changed 2 times from one to the other; "
        "beside it 2 were answered"
    )


def test_a_port_that_nothing_answers_on_cannot_show_it() -> None:
    """Where the service says nothing beside the link either, the evidence says that there is no way to see."""
    engine = FakeStack()
    evidence = KIND.check(SPEC, engine.stack).evidence(engine)
    assert not evidence.confirmed
    assert evidence.observed.startswith("cannot be observed: web:80 answers nothing when asked directly")


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("up_ms=99", "up_ms to be a whole number of milliseconds from 100 to 10000"),
        ("down_ms=10001", "down_ms to be a whole number of milliseconds from 100 to 10000"),
        ("seed=-1", "seed to be a whole number from 0 to 2147483647"),
    ],
)
def test_a_value_out_of_bounds_is_refused(given_: str, expected: str) -> None:
    """What is taken is told."""
    with pytest.raises(FaultError, match=expected):
        KIND.check(FaultSpec.parse(f"flap front/web:80 {given_}"), small_stack())
