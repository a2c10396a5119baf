from pathlib import Path

import pytest

from stackproof.faults.catalogue import check
from stackproof.faults.injection import heal_all, held
from stackproof.faults.journal import Journal
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.unit.fakes import STORE, WEB, FakeEngine

LATE = FaultSpec.parse("latency front/web:80 latency_ms=50")


@pytest.fixture
def engine() -> FakeEngine:
    """A stack that stands nowhere."""
    return FakeEngine()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A run's undo journal."""
    return Journal(tmp_path / "journal.jsonl")


def test_a_fault_holds_in_its_block_and_is_healed_after_it(engine: FakeEngine, journal: Journal) -> None:
    """Inside the block the fault is on the link and in the journal; after it, in neither."""
    with held(LATE, engine, journal) as injection:
        assert engine.links[WEB].toxics()
        assert [undo.spec for undo in journal.unhealed()] == [LATE]
        assert injection.spec == LATE
    assert not engine.links[WEB].toxics()
    assert not journal.unhealed()


def test_a_fault_is_journalled_before_it_is_injected(
    engine: FakeEngine, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A harness that dies during the injection has left word of it."""
    seen: list[int] = []
    monkeypatch.setattr(engine.links[WEB], "add", lambda _toxic: seen.append(len(journal.unhealed())))
    with held(LATE, engine, journal):
        assert seen == [1]


def test_a_fault_is_healed_when_the_block_raises(engine: FakeEngine, journal: Journal) -> None:
    """A failed expectation, Ctrl-C or a bug does not leave the fault behind."""
    with pytest.raises(KeyboardInterrupt), held(LATE, engine, journal):
        raise KeyboardInterrupt
    assert not engine.links[WEB].toxics()
    assert not journal.unhealed()


def test_half_an_injection_is_healed(engine: FakeEngine, journal: Journal) -> None:
    """Where the engine refuses in the middle of the injection, what was done of it is undone."""
    engine.links[WEB].refused.add("add")
    with pytest.raises(EngineError, match="refuses to add"), held(LATE, engine, journal):
        pass
    assert not journal.unhealed()


def test_what_could_not_be_healed_stays_in_the_journal(engine: FakeEngine, journal: Journal) -> None:
    """A heal that fails is an error, and can be tried again by anybody."""
    with pytest.raises(EngineError, match="refuses to remove"), held(LATE, engine, journal):
        engine.links[WEB].refused.add("remove")
    assert [undo.spec for undo in journal.unhealed()] == [LATE]
    engine.links[WEB].refused.clear()
    assert heal_all(engine, journal) == (LATE,)
    assert not engine.links[WEB].toxics()


def test_a_fault_can_be_healed_early_and_once(engine: FakeEngine, journal: Journal) -> None:
    """A test may heal inside the block to watch the recovery; the end of the block then undoes nothing more."""
    with held(LATE, engine, journal) as injection:
        injection.heal()
        assert not engine.links[WEB].toxics()
        engine.links[WEB].refused.add("remove")


def test_nothing_is_journalled_for_a_fault_that_makes_no_sense(engine: FakeEngine, journal: Journal) -> None:
    """A wrong target or value is told before anything is written or done."""
    with pytest.raises(FaultError), held(FaultSpec.parse("latency front/web:80 latency_ms=0"), engine, journal):
        pass
    assert not journal.unhealed()


def leave_behind(spec: FaultSpec, engine: FakeEngine, journal: Journal) -> None:
    """Do what a harness did that was killed while it held a fault."""
    journal.begin(spec)
    check(spec, engine.stack).inject(engine)


def test_another_process_heals_from_the_journal_alone(engine: FakeEngine, journal: Journal) -> None:
    """Every fault that a dead harness left is undone from what the journal says of it."""
    left = [LATE, FaultSpec.parse("down back/store:6379"), FaultSpec.parse("kill web"), FaultSpec.parse("freeze store")]
    for spec in left:
        leave_behind(spec, engine, journal)
    assert heal_all(engine, journal) == tuple(reversed(left))
    assert not engine.links[WEB].toxics()
    assert not engine.links[STORE].is_cut()
    assert {state.status for state in engine.states.values()} == {"running"}
    assert heal_all(engine, journal) == ()


def test_one_that_cannot_be_healed_does_not_keep_the_others(engine: FakeEngine, journal: Journal) -> None:
    """All that can be undone is undone, and the error names what cannot."""
    leave_behind(LATE, engine, journal)
    leave_behind(FaultSpec.parse("down back/store:6379"), engine, journal)
    engine.links[STORE].refused.add("mend")
    with pytest.raises(FaultError, match="could not heal 'down back/store:6379': the fake refuses to mend"):
        heal_all(engine, journal)
    assert not engine.links[WEB].toxics()
