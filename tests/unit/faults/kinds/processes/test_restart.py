from dataclasses import replace
from datetime import UTC, datetime

import pytest

from stackproof.faults.kinds.processes.restart import KIND, Restart, RunAge
from stackproof.model import ContainerState, ContainerStatus, FaultError, FaultSpec
from tests.unit.fakes import RUNNING, FakeStack, small_stack

SPEC = FaultSpec.parse("restart web grace_s=3")
WEB = small_stack().service("web")
LONG_AGO = replace(RUNNING, started_at="2024-02-29T10:11:12.123456789Z")


@pytest.fixture
def engine() -> FakeStack:
    """A stack whose service was started long ago."""
    engine = FakeStack()
    engine.states["web"] = LONG_AGO
    return engine


def test_the_service_is_stopped_and_started(engine: FakeStack) -> None:
    """It ends within its grace and runs again at once; the evidence shows the new run; the heal has nothing to do."""
    fault = KIND.check(SPEC, engine.stack)
    fault.inject(engine)
    assert engine.signals == ["web SIGTERM 3"]
    assert engine.state("web").status is ContainerStatus.RUNNING
    assert fault.evidence(engine).confirmed
    fault.heal(engine)
    fault.heal(engine)
    assert engine.signals == ["web SIGTERM 3"]


def test_a_restart_that_did_not_happen_is_not_confirmed(engine: FakeStack) -> None:
    """The evidence comes from the engine's clock, and knows nothing of the injection."""
    assert not KIND.check(SPEC, engine.stack).evidence(engine).confirmed


def test_an_earlier_restart_does_not_count(engine: FakeStack) -> None:
    """For a fault that is requested after it, the run is older than the fault."""
    KIND.check(SPEC, engine.stack).inject(engine)
    assert not KIND.check(SPEC, engine.stack).evidence(engine).confirmed


def test_the_clocks_of_engine_and_harness_may_differ(engine: FakeStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine whose clock is an hour ahead dates all starts in the future, which alone confirms no restart."""
    ahead_s = engine.now_s() + 3600
    monkeypatch.setattr(engine, "now_s", lambda: ahead_s)
    engine.states["web"] = replace(RUNNING, started_at=datetime.fromtimestamp(ahead_s - 5, UTC).isoformat())
    assert not KIND.check(SPEC, engine.stack).evidence(engine).confirmed


@pytest.mark.parametrize("status", [ContainerStatus.EXITED, ContainerStatus.PAUSED])
def test_the_heal_makes_sure_that_it_runs(engine: FakeStack, status: ContainerStatus) -> None:
    """If a harness dies between the stop and the start, another process starts the service."""
    engine.states["web"] = ContainerState(status)
    KIND.check(SPEC, engine.stack).heal(engine)
    assert engine.state("web").status is ContainerStatus.RUNNING


@pytest.mark.parametrize(("up_s", "fault_s", "confirmed"), [(0.2, 1.0, True), (1.0, 1.0, False), (900.0, 1.0, False)])
def test_it_is_confirmed_if_the_run_is_younger_than_the_fault(up_s: float, fault_s: float, *, confirmed: bool) -> None:
    """Confirmed: the service was started after the fault was requested; not confirmed: it may have run before."""
    assert Restart(WEB, 10).judge(RunAge(RUNNING, up_s, fault_s)).confirmed is confirmed


def test_the_evidence_has_units() -> None:
    """It has both ages, and says how a service ended that did not stay up."""
    assert Restart(WEB, 10).judge(RunAge(RUNNING, 0.25, 1.0)).observed == (
        "the engine reports running, and that it has run for 0.250 s; the fault was requested 1.000 s ago"
    )
    ended = Restart(WEB, 10).judge(RunAge(ContainerState(ContainerStatus.EXITED, exit_code=1), 0.25, 1.0))
    assert ended.confirmed
    assert "was started 0.250 s ago and ended with code 1" in ended.observed


@pytest.mark.parametrize("started_at", ["", "0001-01-01T00:00:00Z"])
def test_a_service_that_never_ran_was_not_restarted(engine: FakeStack, started_at: str) -> None:
    """Without a start there is no confirmation."""
    engine.states["web"] = ContainerState(ContainerStatus.CREATED, started_at=started_at)
    evidence = KIND.check(SPEC, engine.stack).evidence(engine)
    assert not evidence.confirmed
    assert "never ran" in evidence.observed


def test_a_grace_out_of_bounds_is_refused() -> None:
    """The bounds are those of `terminate`."""
    with pytest.raises(FaultError, match="expected grace_s to be a whole number of seconds from 1 to 300"):
        KIND.check(FaultSpec.parse("restart web grace_s=0"), small_stack())
