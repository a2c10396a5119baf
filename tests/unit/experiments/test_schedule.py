"""A schedule of faults leaves nothing behind, and records what it left out."""

import pytest
from hypothesis import strategies as st

from stackproof.experiments.exploring import Budget, explore
from stackproof.experiments.schedule import FaultSchedule, FaultStep, hold_schedule
from stackproof.model import EngineError, FaultError, FaultHealed, FaultInjected, HistoryError, PartLeftOut
from suites.chaos.test_schedules import SCHEDULES
from tests.unit.fake_runs import RunOnFake
from tests.unit.fakes import STORE, WEB

DOWN = f"down {WEB}"
LATE = f"latency {STORE} latency_ms=50"
BRIEF_S = 0.01


def is_undisturbed(fake_run: RunOnFake) -> bool:
    """True if no fault is left on the stack or in the journal."""
    links = fake_run.engine.links.values()
    return not fake_run.run.unhealed() and not any(each.is_cut() or each.effects() for each in links)


def done(fake_run: RunOnFake) -> list[str]:
    """What was done, in order."""
    faults = {each.injection: each.fault for each in fake_run.events(FaultInjected)}
    seen = []
    for each in fake_run.run.events:
        match each:
            case FaultInjected():
                seen.append(f"+ {each.fault}")
            case FaultHealed():
                seen.append(f"- {faults[each.injection]}")
            case PartLeftOut():
                seen.append(f"left out {each.fault}")
            case _:
                pytest.fail(f"saw {each}")
    return seen


def test_faults_overlap_as_they_are_scheduled(fake_run: RunOnFake) -> None:
    """Each begins and ends at its time; the record names the schedule that they are part of."""
    hold_schedule(
        fake_run.run,
        FaultSchedule((FaultStep(DOWN, 0, 4 * BRIEF_S), FaultStep(LATE, 2 * BRIEF_S, 4 * BRIEF_S))),
        "storm",
    )
    assert done(fake_run) == [f"+ {DOWN}", f"+ {LATE}", f"- {DOWN}", f"- {LATE}"]
    assert {each.part_of for each in fake_run.events(FaultInjected)} == {"storm"}
    assert is_undisturbed(fake_run)


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, RuntimeError, HistoryError("no space left")])
def test_all_is_healed_whatever_is_raised_in_the_middle(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    """Ctrl-C between two steps leaves no fault."""
    waits = iter((None, None, trouble))

    def sleep(_seconds: float) -> None:
        if (what := next(waits)) is not None:
            assert fake_run.engine.links[WEB].is_cut()
            assert fake_run.engine.links[STORE].effects()
            raise what

    monkeypatch.setattr("stackproof.experiments.schedule.time.sleep", sleep)
    with pytest.raises((KeyboardInterrupt, RuntimeError, HistoryError)):
        hold_schedule(fake_run.run, FaultSchedule((FaultStep(DOWN, 0, 60), FaultStep(LATE, 1, 60))), "storm")
    assert is_undisturbed(fake_run)
    assert sorted(done(fake_run)) == sorted([f"+ {DOWN}", f"+ {LATE}", f"- {DOWN}", f"- {LATE}"])


def test_one_that_cannot_be_healed_does_not_stop_the_rest(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error comes out, all others are healed, and the journal knows the one."""
    link = fake_run.engine.links[WEB]
    cut = link.cut

    def cut_for_ever() -> None:
        cut()
        link.refused.add("restore")

    monkeypatch.setattr(link, "cut", cut_for_ever)
    with pytest.raises(EngineError, match="refuses to restore"):
        hold_schedule(fake_run.run, FaultSchedule((FaultStep(LATE, 0, 60), FaultStep(DOWN, 0, BRIEF_S))), "storm")
    assert not fake_run.engine.links[STORE].effects()
    assert [str(each.spec) for each in fake_run.run.unhealed()] == [DOWN]


def test_what_cannot_be_injected_is_left_out_and_recorded(fake_run: RunOnFake) -> None:
    """A target that another fault has taken away is not an error: the rest goes on, and the record has the reason."""
    fake_run.engine.links[STORE].refused.add("add")
    hold_schedule(fake_run.run, FaultSchedule((FaultStep(LATE, 0, BRIEF_S), FaultStep(DOWN, 0, BRIEF_S))), "storm")
    (left_out,) = fake_run.events(PartLeftOut)
    assert (str(left_out.fault), left_out.part_of, left_out.reason) == (LATE, "storm", "the fake refuses to add")
    assert f"+ {DOWN}" in done(fake_run)
    assert is_undisturbed(fake_run)


def test_half_an_injection_that_cannot_be_undone_is_an_error(fake_run: RunOnFake) -> None:
    """Only a fault that is not held may be left out: one that may still be held is an error, after all else healed."""
    fake_run.engine.links[STORE].refused |= {"add", "remove"}
    with pytest.raises(FaultError, match=f"could not heal {LATE}"):
        hold_schedule(fake_run.run, FaultSchedule((FaultStep(LATE, 0, BRIEF_S), FaultStep(DOWN, 0, BRIEF_S))), "storm")
    assert not fake_run.engine.links[WEB].is_cut()


@pytest.mark.parametrize("wrong", ["down front/nobody:80", "dwon front/web:80", "down"])
def test_a_step_without_a_target_stops_all_before_anything_is_done(fake_run: RunOnFake, wrong: str) -> None:
    """A typo in a schedule that was pasted as a test does not make it a test of nothing."""
    with pytest.raises(FaultError):
        hold_schedule(fake_run.run, FaultSchedule((FaultStep(DOWN, 0, BRIEF_S), FaultStep(wrong, 1, 1))), "storm")
    assert not fake_run.run.events


def schedules_of(seed: int, strategy: st.SearchStrategy[FaultSchedule]) -> list[FaultSchedule]:
    """What a seed makes."""
    seen: list[FaultSchedule] = []

    def execute(case: FaultSchedule) -> str:
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
    made = FaultSchedule((FaultStep(DOWN, 0.5, 1.0),), (("form", 100),))
    assert eval(repr(made), {"FaultSchedule": FaultSchedule, "FaultStep": FaultStep}) == made  # noqa: S307 - our own text
