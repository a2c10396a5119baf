from math import inf
from pathlib import Path
from threading import Event, Thread, Timer
from threading import enumerate as all_threads

import pytest

from stackproof.faults.catalogue import check
from stackproof.faults.injection import heal_all, held
from stackproof.faults.journal import Journal
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.unit.fakes import STORE, WEB, FakeLink, FakeStack

LATE = FaultSpec.parse("latency front/web:80 latency_ms=50")
AT_ONCE_S = 0.001
WITHIN_S = 30.0


class WatchedLink(FakeLink):
    """A link that says when an effect is taken off it, and can make whoever does it wait, or refuse it once."""

    def __init__(self, refusals: int = 0) -> None:
        super().__init__()
        self.refusals = refusals
        self.healing = Event()
        self.go_on = Event()
        self.go_on.set()
        self.heals = 0

    def remove(self, name: str) -> None:
        """Take an effect off the link."""
        self.heals += 1
        self.healing.set()
        assert self.go_on.wait(WITHIN_S)
        if self.heals <= self.refusals:
            raise EngineError("the fake refuses")
        super().remove(name)


@pytest.fixture
def engine() -> FakeStack:
    """A stack that stands nowhere."""
    return FakeStack()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A run's undo journal."""
    return Journal(tmp_path / "journal.jsonl")


def test_a_fault_holds_in_its_block_and_is_healed_after_it(engine: FakeStack, journal: Journal) -> None:
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
    """A harness that dies during the injection has left word of it."""
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


def test_half_an_injection_is_healed(engine: FakeStack, journal: Journal) -> None:
    """Where the engine refuses in the middle of the injection, what was done of it is undone."""
    engine.links[WEB].refused.add("add")
    with pytest.raises(EngineError, match="refuses to add"), held(LATE, engine, journal):
        pass
    assert not journal.unhealed()


def test_what_could_not_be_healed_stays_in_the_journal(engine: FakeStack, journal: Journal) -> None:
    """A heal that fails is an error, and can be tried again by anybody."""
    with pytest.raises(EngineError, match="refuses to remove"), held(LATE, engine, journal):
        engine.links[WEB].refused.add("remove")
    assert [undo.spec for undo in journal.unhealed()] == [LATE]
    engine.links[WEB].refused.clear()
    assert heal_all(engine, journal) == (LATE,)
    assert not engine.links[WEB].effects()


def test_a_fault_can_be_healed_early_and_once(engine: FakeStack, journal: Journal) -> None:
    """A test may heal inside the block to watch the recovery; the end of the block then undoes nothing more."""
    with held(LATE, engine, journal) as injection:
        injection.heal()
        assert not engine.links[WEB].effects()
        engine.links[WEB].refused.add("remove")


def test_a_fault_that_nobody_heals_is_healed_by_its_bound(journal: Journal) -> None:
    """A test that forgets it, or hangs, does not hold it for ever; and whoever asks learns what ended it."""
    link = WatchedLink()
    with held(LATE, FakeStack(controls={WEB: link}), journal, longest_s=AT_ONCE_S) as injection:
        assert link.healing.wait(WITHIN_S)
        injection.heal()
        assert injection.was_healed_by_bound
        assert not link.effects()
        assert not journal.unhealed()
    assert link.heals == 1


def test_the_end_of_the_block_waits_for_a_bound_that_heals(journal: Journal) -> None:
    """Where both come at once, one heals and the other waits for it: none runs into the other's half-done work."""
    link = WatchedLink()
    link.go_on.clear()
    with held(LATE, FakeStack(controls={WEB: link}), journal, longest_s=AT_ONCE_S) as injection:
        assert link.healing.wait(WITHIN_S)
        ending = Thread(target=injection.heal)
        ending.start()
        assert ending.is_alive()
        link.go_on.set()
        ending.join(WITHIN_S)
        assert injection.was_healed_by_bound
    assert link.heals == 1


def timers() -> list[Timer]:
    """Threads that count seconds, and were not told to end."""
    return [each for each in all_threads() if isinstance(each, Timer) and not each.finished.is_set()]


def test_a_fault_that_is_healed_in_time_was_not_healed_by_its_bound(engine: FakeStack, journal: Journal) -> None:
    """The bound leaves alone what is healed, and no thread of it stays."""
    with held(LATE, engine, journal) as injection:
        (bound,) = timers()
    bound.join(WITHIN_S)
    assert not bound.is_alive()
    assert not injection.was_healed_by_bound


def test_a_bound_that_cannot_heal_is_told_at_the_end(journal: Journal) -> None:
    """An error in the bound's own thread is not lost, though a later heal does better."""
    link = WatchedLink(refusals=1)
    with (
        pytest.raises(
            FaultError, match=r"expected its bound of 0\.001 s to heal it in good order, but: the fake refuses"
        ),
        held(LATE, FakeStack(controls={WEB: link}), journal, longest_s=AT_ONCE_S) as injection,
    ):
        assert link.healing.wait(WITHIN_S)
    assert not injection.was_healed_by_bound
    assert not link.effects()
    assert not journal.unhealed()


def test_a_fault_may_be_held_for_as_long_as_it_takes(engine: FakeStack, journal: Journal) -> None:
    """One that is asked for over a whole run has no bound, and no thread that counts."""
    with held(LATE, engine, journal, longest_s=inf):
        assert not timers()


def test_nothing_is_journalled_for_a_fault_that_makes_no_sense(engine: FakeStack, journal: Journal) -> None:
    """A wrong target or value is told before anything is written or done."""
    with pytest.raises(FaultError), held(FaultSpec.parse("latency front/web:80 latency_ms=0"), engine, journal):
        pass
    assert not journal.unhealed()


def leave_behind(spec: FaultSpec, engine: FakeStack, journal: Journal) -> None:
    """Do what a harness did that was killed while it held a fault."""
    journal.begin(spec)
    check(spec, engine.stack).inject(engine)


def test_another_process_heals_from_the_journal_alone(engine: FakeStack, journal: Journal) -> None:
    """Every fault that a dead harness left is undone from what the journal says of it."""
    left = [LATE, FaultSpec.parse("down back/store:6379"), FaultSpec.parse("kill web"), FaultSpec.parse("freeze store")]
    for spec in left:
        leave_behind(spec, engine, journal)
    assert heal_all(engine, journal) == tuple(reversed(left))
    assert not engine.links[WEB].effects()
    assert not engine.links[STORE].is_cut()
    assert {state.status for state in engine.states.values()} == {"running"}
    assert heal_all(engine, journal) == ()


def test_one_that_cannot_be_healed_does_not_keep_the_others(engine: FakeStack, journal: Journal) -> None:
    """All that can be undone is undone, and the error names what cannot."""
    leave_behind(LATE, engine, journal)
    leave_behind(FaultSpec.parse("down back/store:6379"), engine, journal)
    engine.links[STORE].refused.add("restore")
    with pytest.raises(FaultError, match="could not heal 'down back/store:6379': the fake refuses to restore"):
        heal_all(engine, journal)
    assert not engine.links[WEB].effects()
