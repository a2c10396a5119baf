from dataclasses import replace
from datetime import UTC, datetime

import pytest

from stackproof.faults.kinds.processes.restart import KIND, Look, Restart
from stackproof.model import ContainerState, ContainerStatus, FaultError, FaultSpec
from tests.unit.fakes import RUNNING, FakeStack, small_stack

SPEC = FaultSpec.parse("restart web grace_s=3")
WEB = small_stack().service("web")
LONG_AGO = replace(RUNNING, started_at="2024-02-29T10:11:12.123456789Z")


@pytest.fixture
def engine() -> FakeStack:
    """A stack whose service has run for long."""
    engine = FakeStack()
    engine.states["web"] = LONG_AGO
    return engine


def test_the_service_is_stopped_and_started(engine: FakeStack) -> None:
    """It ends in its grace and runs at once; the evidence sees the new run; healing it does nothing more."""
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.signals == ["web SIGTERM 3"]
    assert engine.state("web").status is ContainerStatus.RUNNING
    assert fault.evidence(engine).confirmed
    fault.heal(engine)
    fault.heal(engine)
    assert engine.signals == ["web SIGTERM 3"]


def test_a_restart_that_did_not_come_is_not_seen(engine: FakeStack) -> None:
    """The evidence comes from the engine's clock alone, and knows nothing of the injection."""
    assert not KIND.check(SPEC, engine.stack).evidence(engine).confirmed


def test_an_earlier_restart_is_not_taken_for_this_one(engine: FakeStack) -> None:
    """A fault that is asked for after it sees a run that was there before."""
    KIND.check(SPEC, engine.stack).inject(engine)
    assert not KIND.check(SPEC, engine.stack).evidence(engine).confirmed


def test_the_clocks_of_engine_and_harness_may_differ(engine: FakeStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine whose clock is an hour ahead dates all starts into the future: no restart is seen for that."""
    ahead_s = engine.now_s() + 3600
    monkeypatch.setattr(engine, "now_s", lambda: ahead_s)
    engine.states["web"] = replace(RUNNING, started_at=datetime.fromtimestamp(ahead_s - 5, UTC).isoformat())
    assert not KIND.check(SPEC, engine.stack).evidence(engine).confirmed


@pytest.mark.parametrize("status", [ContainerStatus.EXITED, ContainerStatus.PAUSED])
def test_the_heal_sees_that_it_runs(engine: FakeStack, status: ContainerStatus) -> None:
    """A harness that died between the stop and the start leaves a service that another process starts."""
    engine.states["web"] = ContainerState(status)
    KIND.check(SPEC, engine.stack).heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


@pytest.mark.parametrize(("up_s", "asked_s", "bit"), [(0.2, 1.0, True), (1.0, 1.0, False), (900.0, 1.0, False)])
def test_it_bit_where_the_run_is_younger_than_the_fault(up_s: float, asked_s: float, *, bit: bool) -> None:
    """Bitten: the service started after the fault was asked for; not: it ran before, or cannot be told from that."""
    assert Restart(WEB, 10).judge(Look(RUNNING, up_s, asked_s)).confirmed is bit


def test_the_evidence_is_words_with_units() -> None:
    """It tells both ages, and of a service that did not stay up how it ended."""
    assert Restart(WEB, 10).judge(Look(RUNNING, 0.25, 1.0)).observed == (
        "the engine says running, and that it has run for 0.250 s; the fault was asked for 1.000 s ago"
    )
    ended = Restart(WEB, 10).judge(Look(ContainerState(ContainerStatus.EXITED, exit_code=1), 0.25, 1.0))
    assert ended.confirmed
    assert "was started 0.250 s ago and ended with code 1" in ended.observed


@pytest.mark.parametrize("started_at", ["", "0001-01-01T00:00:00Z"])
def test_a_service_that_never_ran_was_not_restarted(engine: FakeStack, started_at: str) -> None:
    """Where the engine knows no start, nothing is claimed."""
    engine.states["web"] = ContainerState(ContainerStatus.CREATED, started_at=started_at)
    evidence = KIND.check(SPEC, engine.stack).evidence(engine)
    assert not evidence.confirmed
    assert "never ran" in evidence.observed


def test_a_grace_out_of_bounds_is_refused() -> None:
    """The same bounds as those of `terminate`."""
    with pytest.raises(FaultError, match="expected grace_s to be a whole number of seconds from 1 to 300"):
        KIND.check(FaultSpec.parse("restart web grace_s=0"), small_stack())
