from math import inf
from pathlib import Path
from threading import Event, Thread, Timer
from threading import enumerate as all_threads

import pytest

from stackproof.faults.catalogue import check
from stackproof.faults.injection import heal_all, held
from stackproof.faults.journal import Journal
from stackproof.model import ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import STORE, WEB, FakeLink, FakeStack

LATE = FaultSpec.parse("latency front/web:80 latency_ms=50")
AT_ONCE_S = 0.001
WITHIN_S = 30.0


class WatchedLink(FakeLink):
    """A link that signals when an effect is removed, and can delay or once refuse the removal."""

    def __init__(self, refusals: int = 0) -> None:
        super().__init__()
        self.refusals = refusals
        self.healing = Event()
        self.go_on = Event()
        self.go_on.set()
        self.heals = 0

    def remove(self, name: str) -> None:
        """Remove an effect."""
        self.heals += 1
        self.healing.set()
        assert self.go_on.wait(WITHIN_S)
        if self.heals <= self.refusals:
            raise EngineError("the fake refuses")
        super().remove(name)


@pytest.fixture
def engine() -> FakeStack:
    """A fake stack."""
    return FakeStack()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A run's undo journal."""
    return Journal(tmp_path / "journal.jsonl")


def test_a_fault_is_held_in_its_block_and_healed_after_it(engine: FakeStack, journal: Journal) -> None:
    """Inside the block the fault is on the link and in the journal; after it, in neither."""
    with held(LATE, engine, journal) as injection:
        assert engine.links[WEB].effects()
        assert [undo.spec for undo in journal.unhealed()] == [LATE]
        assert injection.spec == LATE
    assert not engine.links[WEB].effects()
    assert not journal.unhealed()


def test_a_fault_is_journalled_before_it_is_injected(
    engine: FakeStack, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the harness dies during the injection, the journal has the fault."""
    seen: list[int] = []
    monkeypatch.setattr(engine.links[WEB], "add", lambda _effect: seen.append(len(journal.unhealed())))
    with held(LATE, engine, journal):
        assert seen == [1]


def test_a_fault_is_healed_when_the_block_raises(engine: FakeStack, journal: Journal) -> None:
    """A failed expectation, Ctrl-C or a bug does not leave the fault behind."""
    with pytest.raises(KeyboardInterrupt), held(LATE, engine, journal):
        raise KeyboardInterrupt
    assert not engine.links[WEB].effects()
    assert not journal.unhealed()


def test_a_partial_injection_is_healed(engine: FakeStack, journal: Journal) -> None:
    """If the engine refuses in the middle of the injection, what was done is undone."""
    engine.links[WEB].refused.add("add")
    with pytest.raises(EngineError, match="refuses to add"), held(LATE, engine, journal):
        pass
    assert not journal.unhealed()


def test_what_could_not_be_healed_stays_in_the_journal(engine: FakeStack, journal: Journal) -> None:
    """A heal that fails is an error, and can be tried again by any process."""
    with pytest.raises(EngineError, match="refuses to remove"), held(LATE, engine, journal):
        engine.links[WEB].refused.add("remove")
    assert [undo.spec for undo in journal.unhealed()] == [LATE]
    engine.links[WEB].refused.clear()
    assert heal_all(engine, journal) == (LATE,)
    assert not engine.links[WEB].effects()


def test_a_fault_can_be_healed_early_and_once(engine: FakeStack, journal: Journal) -> None:
    """A test may heal inside the block to watch the recovery; the end of the block then does nothing more."""
    with held(LATE, engine, journal) as injection:
        injection.heal()
        assert not engine.links[WEB].effects()
        engine.links[WEB].refused.add("remove")


def test_a_fault_that_nobody_heals_is_healed_by_its_time_limit(journal: Journal) -> None:
    """A test that forgets it, or hangs, does not hold it forever; and the injection says what ended it."""
    link = WatchedLink()
    with held(LATE, FakeStack(controls={WEB: link}), journal, longest_s=AT_ONCE_S) as injection:
        assert link.healing.wait(WITHIN_S)
        injection.heal()
        assert injection.timed_out
        assert not link.effects()
        assert not journal.unhealed()
    assert link.heals == 1


def test_the_end_of_the_block_waits_for_a_time_limit_that_heals(journal: Journal) -> None:
    """If both happen at once, one heals and the other waits until it is done."""
    link = WatchedLink()
    link.go_on.clear()
    with held(LATE, FakeStack(controls={WEB: link}), journal, longest_s=AT_ONCE_S) as injection:
        assert link.healing.wait(WITHIN_S)
        ending = Thread(target=injection.heal)
        ending.start()
        assert ending.is_alive()
        link.go_on.set()
        ending.join(WITHIN_S)
        assert injection.timed_out
    assert link.heals == 1


def timers() -> list[Timer]:
    """Timers that run and were not cancelled."""
    return [each for each in all_threads() if isinstance(each, Timer) and not each.finished.is_set()]


def test_a_fault_that_is_healed_in_time_does_not_time_out(engine: FakeStack, journal: Journal) -> None:
    """Its timer is cancelled, and leaves no thread."""
    with held(LATE, engine, journal) as injection:
        (timer,) = timers()
    timer.join(WITHIN_S)
    assert not timer.is_alive()
    assert not injection.timed_out


def test_a_time_limit_that_cannot_heal_is_an_error_at_the_end(journal: Journal) -> None:
    """An error in the timer's thread is not lost, even if a later heal succeeds."""
    link = WatchedLink(refusals=1)
    with (
        pytest.raises(FaultError, match=r"expected its time limit of 0\.001 s to heal it, but: the fake refuses"),
        held(LATE, FakeStack(controls={WEB: link}), journal, longest_s=AT_ONCE_S) as injection,
    ):
        assert link.healing.wait(WITHIN_S)
    assert not injection.timed_out
    assert not link.effects()
    assert not journal.unhealed()


def test_a_fault_may_be_held_without_a_time_limit(engine: FakeStack, journal: Journal) -> None:
    """A fault over a whole run has no limit, and no timer."""
    with held(LATE, engine, journal, longest_s=inf):
        assert not timers()


def test_an_invalid_fault_is_not_journalled(engine: FakeStack, journal: Journal) -> None:
    """A wrong target or value is refused before anything is written or done."""
    with pytest.raises(FaultError), held(FaultSpec.parse("latency front/web:80 latency_ms=0"), engine, journal):
        pass
    assert not journal.unhealed()


def leave_behind(spec: FaultSpec, engine: FakeStack, journal: Journal) -> None:
    """Leave a fault as a harness does that is killed while it holds it."""
    journal.begin(spec)
    check(spec, engine.stack).inject(engine)


def test_another_process_heals_from_the_journal_alone(engine: FakeStack, journal: Journal) -> None:
    """Every fault that a dead harness left is undone from its text in the journal."""
    left = [LATE, FaultSpec.parse("down back/store:6379"), FaultSpec.parse("kill web"), FaultSpec.parse("freeze store")]
    for spec in left:
        leave_behind(spec, engine, journal)
    assert heal_all(engine, journal) == tuple(reversed(left))
    assert not engine.links[WEB].effects()
    assert not engine.links[STORE].is_cut()
    assert {state.status for state in engine.states.values()} == {ContainerStatus.RUNNING}
    assert heal_all(engine, journal) == ()


def test_a_fault_that_cannot_be_healed_does_not_prevent_the_others(engine: FakeStack, journal: Journal) -> None:
    """All that can be healed are healed, and the error names the one that cannot."""
    leave_behind(LATE, engine, journal)
    leave_behind(FaultSpec.parse("down back/store:6379"), engine, journal)
    engine.links[STORE].refused.add("restore")
    with pytest.raises(FaultError, match="could not heal 'down back/store:6379': the fake refuses to restore"):
        heal_all(engine, journal)
    assert not engine.links[WEB].effects()
