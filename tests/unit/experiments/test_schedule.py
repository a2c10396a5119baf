"""A schedule of faults leaves nothing behind, and says what it left out."""

import pytest
from hypothesis import strategies as st

from stackproof.experiments.exploring import Budget, explore
from stackproof.experiments.schedule import Schedule, Step, hold
from stackproof.model import EngineError, EventKind, FaultError, HistoryError
from suites.chaos.test_schedules import SCHEDULES
from tests.unit.fakes import STORE, WEB
from tests.unit.grounds import Ground

DOWN = f"down {WEB}"
LATE = f"latency {STORE} latency_ms=50"
BRIEF_S = 0.01


def is_undisturbed(standing: Ground) -> bool:
    """True where no fault is left on the stack or in the journal."""
    links = standing.engine.links.values()
    return not standing.run.unhealed() and not any(each.is_cut() or each.effects() for each in links)


def done(standing: Ground) -> list[str]:
    """What was done, in order."""
    words = {EventKind.FAULT_INJECTED: "+", EventKind.FAULT_HEALED: "-", EventKind.NOTE: "left out"}
    return [f"{words[each.kind]} {each.subject}" for each in standing.run.events]


def test_faults_overlap_as_they_are_scheduled(standing: Ground) -> None:
    """Each begins and ends at its time; the record says what they are part of."""
    hold(standing.run, Schedule((Step(DOWN, 0, 4 * BRIEF_S), Step(LATE, 2 * BRIEF_S, 4 * BRIEF_S))), "storm")
    assert done(standing) == [f"+ {DOWN}", f"+ {LATE}", f"- {DOWN}", f"- {LATE}"]
    assert {each.detail["part_of"] for each in standing.run.events} == {"storm"}
    assert is_undisturbed(standing)


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, RuntimeError, HistoryError("no space left")])
def test_all_is_healed_whatever_is_raised_in_the_middle(
    standing: Ground, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    """Ctrl-C between two steps leaves no fault."""
    waits = iter((None, None, trouble))

    def sleep(_seconds: float) -> None:
        if (what := next(waits)) is not None:
            assert standing.engine.links[WEB].is_cut()
            assert standing.engine.links[STORE].effects()
            raise what

    monkeypatch.setattr("stackproof.experiments.schedule.time.sleep", sleep)
    with pytest.raises((KeyboardInterrupt, RuntimeError, HistoryError)):
        hold(standing.run, Schedule((Step(DOWN, 0, 60), Step(LATE, 1, 60))), "storm")
    assert is_undisturbed(standing)
    assert sorted(done(standing)) == sorted([f"+ {DOWN}", f"+ {LATE}", f"- {DOWN}", f"- {LATE}"])


def test_one_that_cannot_be_healed_does_not_keep_the_others(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error comes out, all others are healed, and the journal knows the one."""
    link = standing.engine.links[WEB]
    cut = link.cut

    def cut_for_ever() -> None:
        cut()
        link.refused.add("restore")

    monkeypatch.setattr(link, "cut", cut_for_ever)
    with pytest.raises(EngineError, match="refuses to restore"):
        hold(standing.run, Schedule((Step(LATE, 0, 60), Step(DOWN, 0, BRIEF_S))), "storm")
    assert not standing.engine.links[STORE].effects()
    assert [str(each.spec) for each in standing.run.unhealed()] == [DOWN]


def test_what_cannot_be_injected_is_left_out_and_said(standing: Ground) -> None:
    """A target that another fault has taken away is no error: the rest goes on, and the record has the reason."""
    standing.engine.links[STORE].refused.add("add")
    hold(standing.run, Schedule((Step(LATE, 0, BRIEF_S), Step(DOWN, 0, BRIEF_S))), "storm")
    (left_out,) = standing.events(EventKind.NOTE)
    assert (left_out.subject, left_out.detail) == (LATE, {"part_of": "storm", "left_out": "the fake refuses to add"})
    assert f"+ {DOWN}" in done(standing)
    assert is_undisturbed(standing)


def test_half_an_injection_that_cannot_be_undone_is_an_error(standing: Ground) -> None:
    """Left out is only what is not there: what may still be there is told, when all others are healed."""
    standing.engine.links[STORE].refused |= {"add", "remove"}
    with pytest.raises(FaultError, match=f"could not heal {LATE}"):
        hold(standing.run, Schedule((Step(LATE, 0, BRIEF_S), Step(DOWN, 0, BRIEF_S))), "storm")
    assert not standing.engine.links[WEB].is_cut()


@pytest.mark.parametrize("wrong", ["down front/nobody:80", "dwon front/web:80", "down"])
def test_a_step_that_makes_no_sense_stops_all_before_anything_is_done(standing: Ground, wrong: str) -> None:
    """A typo in a schedule that was pasted as a test does not make it a test of nothing."""
    with pytest.raises(FaultError):
        hold(standing.run, Schedule((Step(DOWN, 0, BRIEF_S), Step(wrong, 1, 1))), "storm")
    assert not standing.run.events


def schedules_of(seed: int, strategy: st.SearchStrategy[Schedule]) -> list[Schedule]:
    """What a seed makes."""
    seen: list[Schedule] = []

    def execute(case: Schedule) -> str:
        seen.append(case)
        return ""

    explore(strategy, execute, seed, Budget(10.0))
    return seen


def test_the_same_seed_makes_the_same_schedules() -> None:
    """The chaos suite's schedules come again with their seed, and others with another."""
    assert schedules_of(7, SCHEDULES) == schedules_of(7, SCHEDULES)
    assert schedules_of(7, SCHEDULES) != schedules_of(8, SCHEDULES)


def test_a_schedule_can_be_pasted() -> None:
    """What is printed of a schedule makes the same one."""
    made = Schedule((Step(DOWN, 0.5, 1.0),), (("form", 100),))
    assert eval(repr(made), {"Schedule": Schedule, "Step": Step}) == made  # noqa: S307 - our own words
