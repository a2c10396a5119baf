"""An experiment's verdict is what was observed, whatever goes wrong, and no fault outlives it."""

import os
import signal
from collections.abc import Callable, Sequence
from threading import Event

import pytest

from stackproof.experiments import experiment as experiment_module
from stackproof.experiments.experiment import ExperimentPlan, RunningExperiment, experiment
from stackproof.history import History
from stackproof.judge import fault_records
from stackproof.model import (
    ContainerState,
    ContainerStatus,
    EngineError,
    Entry,
    FaultError,
    FaultHealed,
    FaultInjected,
    FaultSpec,
    HistoryError,
    InconclusiveError,
    Outcome,
    ProbeKind,
    ProbeReading,
    Sample,
    Verdict,
)
from stackproof.workload import Constant, LoadError, LoadPlan, RunningLoad, WorkerProcess, start_load
from tests.tiny_servers import AnswersHttp, serving
from tests.unit.fake_runs import WITHIN_S, RunOnFake, confirm, do_not_confirm
from tests.unit.fakes import STORE, WEB

DOWN = f"down {WEB}"
LATE = f"latency {STORE} latency_ms=50"
AT_ONCE_S = 0.0


def plan(*faults: str, loads: tuple[LoadPlan, ...] = (), recovers_within_s: float = WITHIN_S) -> ExperimentPlan:
    """What is done."""
    return ExperimentPlan(tuple(map(FaultSpec.parse, faults)), loads, recovers_within_s, "the-test")


def pages(fake_run: RunOnFake, lasts_s: float = 300.0) -> LoadPlan:
    """Traffic to the web service."""
    return LoadPlan(f"http://{fake_run.web}/", Constant(50, lasts_s), "pages", deadline_s=5, lag_limit_s=5)


def is_undisturbed(fake_run: RunOnFake) -> bool:
    """True if no fault is left on the stack or in the journal."""
    links = fake_run.engine.links.values()
    return not fake_run.run.unhealed() and not any(each.is_cut() or each.effects() for each in links)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[RunningLoad]:
    """Loads that were started, as they come."""
    started: list[RunningLoad] = []

    def start(
        what: LoadPlan, on_samples: Callable[[Sequence[Sample]], None], process: WorkerProcess | None
    ) -> RunningLoad:
        load = start_load(what, on_samples, process)
        started.append(load)
        return load

    monkeypatch.setattr("stackproof.run.loads.start_load", start)
    return started


def test_an_experiment_in_which_everything_held_passes(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steady, confirmed, expectations held, healed, recovered: PASS, with the time that recovery took."""
    confirm(monkeypatch, DOWN)
    with experiment(fake_run.run, plan(DOWN)):
        assert fake_run.engine.links[WEB].is_cut()
    assert is_undisturbed(fake_run)
    (fault,) = fake_run.judged().faults
    assert (fault.verdict, fault.reason, fault.name) == (Verdict.PASS, "", "the-test")
    assert fault.recovered_s is not None
    assert 0 <= fault.recovered_s < WITHIN_S
    assert fake_run.judged().verdict is Verdict.PASS


def test_a_fault_that_was_not_confirmed_is_inconclusive_whatever_the_block_says(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The block does not even run: what it would observe it would observe without its fault."""
    do_not_confirm(monkeypatch, DOWN)
    with (
        pytest.raises(InconclusiveError, match=f"'{DOWN}' was not confirmed: as before"),
        experiment(fake_run.run, plan(DOWN)),
    ):
        pytest.fail("the block ran")
    assert is_undisturbed(fake_run)
    assert fake_run.verdicts() == [("INCONCLUSIVE", f"'{DOWN}' was not confirmed: as before")]
    assert fake_run.judged().verdict is Verdict.INCONCLUSIVE


def test_one_of_several_that_was_not_confirmed_makes_all_inconclusive(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows what the two would have done together."""
    confirm(monkeypatch, DOWN)
    do_not_confirm(monkeypatch, LATE)
    with pytest.raises(InconclusiveError), experiment(fake_run.run, plan(DOWN, LATE)):
        pytest.fail("the block ran")
    assert [each.verdict for each in fake_run.judged().faults] == [Verdict.INCONCLUSIVE] * 2
    assert is_undisturbed(fake_run)


def test_an_unsteady_stack_is_inconclusive_before_anything_is_injected(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stack that was unhealthy before proves nothing of a fault; the record says so, though no fault is in it."""
    monkeypatch.setattr(experiment_module, "STEADY_WITHIN_S", AT_ONCE_S)
    fake_run.engine.states["store"] = ContainerState(ContainerStatus.EXITED)
    with (
        pytest.raises(InconclusiveError, match="a steady state within 0 s, but the engine says exited of store"),
        experiment(fake_run.run, plan(DOWN)),
    ):
        pytest.fail("the block ran")
    assert not fake_run.events(FaultInjected)
    judged = fake_run.judged()
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.reasons[0] == (
        f"fault {DOWN} was not injected: expected a steady state within 0 s, but the engine says exited of store"
    )


def test_traffic_that_fails_before_the_fault_is_inconclusive(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests that never succeeded cannot show what a fault does to them."""
    monkeypatch.setattr(experiment_module, "_BASELINE_WITHIN_S", AT_ONCE_S)
    refused = LoadPlan("http://127.0.0.1:1/", Constant(20, 300), "pages", deadline_s=5)
    with (
        pytest.raises(InconclusiveError, match="expected requests of pages to succeed before the fault"),
        experiment(fake_run.run, plan(DOWN, loads=(refused,))),
    ):
        pytest.fail("the block ran")
    assert not fake_run.events(FaultInjected)
    assert fake_run.verdicts()[0][0] == "INCONCLUSIVE"


def test_a_broken_expectation_is_a_fail_and_the_fault_is_healed(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The assertion comes out of the block as it is, and its first line is the reason in the record."""
    confirm(monkeypatch, DOWN)
    with pytest.raises(AssertionError), experiment(fake_run.run, plan(DOWN)):
        raise AssertionError("users waited 9 s\nand more")
    assert is_undisturbed(fake_run)
    assert fake_run.verdicts() == [("FAIL", "users waited 9 s")]
    assert fake_run.judged().verdict is Verdict.FAIL


@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), RuntimeError("a bug"), EngineError("no engine")])
def test_whatever_else_ends_the_block_is_inconclusive(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    """Ctrl-C, a bug in a test, an engine that does not answer: the fault is healed, and nothing was proved."""
    confirm(monkeypatch, DOWN)
    with pytest.raises((KeyboardInterrupt, RuntimeError, InconclusiveError)), experiment(fake_run.run, plan(DOWN)):
        raise trouble
    assert is_undisturbed(fake_run)
    assert fake_run.verdicts() == [("INCONCLUSIVE", str(trouble) or "KeyboardInterrupt")]
    assert fake_run.judged().verdict is Verdict.INCONCLUSIVE


def test_no_recovery_within_the_bound_is_a_fail(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack that stays unhealthy after the healing did not survive the fault."""
    confirm(monkeypatch, DOWN)
    with (
        pytest.raises(AssertionError, match="to be back 0 s after the healing, but the engine says exited of store"),
        experiment(fake_run.run, plan(DOWN, recovers_within_s=AT_ONCE_S)),
    ):
        fake_run.engine.states["store"] = ContainerState(ContainerStatus.EXITED)
    (fault,) = fake_run.judged().faults
    assert (fault.verdict, fault.recovered_s) == (Verdict.FAIL, None)


def test_traffic_that_does_not_recover_is_a_fail(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Green probes are not enough: users must be served again."""
    confirm(monkeypatch, DOWN)
    with serving(AnswersHttp) as other:
        late = LoadPlan(f"http://{other}/", Constant(50, 300), "pages", deadline_s=5, lag_limit_s=5)
        with (
            pytest.raises(AssertionError, match="back 0 s after the healing, but requests of pages still fail"),
            experiment(fake_run.run, plan(DOWN, loads=(late,), recovers_within_s=AT_ONCE_S)),
        ):
            pass


def test_several_faults_hold_together_and_are_all_healed(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The block sees all of them at once; each has the experiment's verdict."""
    confirm(monkeypatch, DOWN)
    confirm(monkeypatch, LATE)
    with experiment(fake_run.run, plan(DOWN, LATE)):
        assert fake_run.engine.links[WEB].is_cut()
        assert fake_run.engine.links[STORE].effects()
    assert is_undisturbed(fake_run)
    assert [(each.verdict, str(each.fault)) for each in fake_run.judged().faults] == [
        (Verdict.PASS, DOWN),
        (Verdict.PASS, LATE),
    ]


def test_a_fault_that_cannot_be_injected_is_inconclusive_and_the_others_are_healed(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of what was planned proves nothing; the record has the attempt, which may have disturbed too."""
    confirm(monkeypatch, DOWN)
    fake_run.engine.links[STORE].refused.add("add")
    with pytest.raises(InconclusiveError, match="refuses to add"), experiment(fake_run.run, plan(DOWN, LATE)):
        pytest.fail("the block ran")
    assert is_undisturbed(fake_run)
    fault = fault_records(fake_run.run.events)
    assert [(each.verdict, each.reason) for each in fault] == [(Verdict.INCONCLUSIVE, "the fake refuses to add")] * 2
    assert all(each.healed_s is not None for each in fault)


def test_a_fault_without_a_target_is_inconclusive(fake_run: RunOnFake) -> None:
    """Nothing was injected, and the run cannot pass for that."""
    with (
        pytest.raises(FaultError, match="no link 'front/nobody:80'"),
        experiment(fake_run.run, plan("down front/nobody:80")),
    ):
        pytest.fail("the block ran")
    judged = fake_run.judged()
    assert (judged.verdict, judged.faults) == (Verdict.INCONCLUSIVE, ())
    assert judged.reasons[0].startswith("fault down front/nobody:80 was not injected: fault 'down front/nobody:80'")


def test_a_fault_that_cannot_be_healed_is_inconclusive_and_the_others_are_healed(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expectations that held are not a PASS if the stack was left disturbed, and the journal keeps the fault."""
    confirm(monkeypatch, DOWN)
    confirm(monkeypatch, LATE)
    with pytest.raises(InconclusiveError, match="refuses to remove"), experiment(fake_run.run, plan(DOWN, LATE)):
        fake_run.engine.links[STORE].refused.add("remove")
    assert [str(each.spec) for each in fake_run.run.unhealed()] == [LATE]
    assert not fake_run.engine.links[WEB].is_cut()
    assert fake_run.judged().verdict is Verdict.INCONCLUSIVE


def test_an_assertion_is_not_hidden_by_a_heal_that_fails(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is proved of a stack that cannot be healed, but the record has both."""
    confirm(monkeypatch, LATE)

    def find_out() -> None:
        fake_run.engine.links[STORE].refused.add("remove")
        raise AssertionError("users waited 9 s")

    with pytest.raises(InconclusiveError), experiment(fake_run.run, plan(LATE)):
        find_out()
    assert fake_run.verdicts() == [("INCONCLUSIVE", "the fake refuses to remove; before that: users waited 9 s")]


def test_a_test_may_heal_inside_its_block(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then recovery counts from there, and each fault is healed once."""
    confirm(monkeypatch, DOWN)
    with experiment(fake_run.run, plan(DOWN)) as held:
        held.heal()
        assert is_undisturbed(fake_run)
        healed_s = held.healed_s
    assert held.healed_s == healed_s
    assert len(fake_run.events(FaultHealed)) == 1


def test_the_first_sign_and_the_recovery_are_timed(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds from the injection to the first probe that said no, and from the healing until all was well."""
    confirm(monkeypatch, "freeze web")
    noticed = Event()
    record = fake_run.run.history.append

    def append(entry: Entry) -> None:
        record(entry)
        if isinstance(entry, ProbeReading) and not entry.ok:
            noticed.set()

    monkeypatch.setattr(fake_run.run.history, "append", append)
    direct = fake_run.engine.direct

    def frozen(service: str, port: int) -> object:
        if fake_run.engine.states[service].status is ContainerStatus.PAUSED:
            raise EngineError("frozen")
        return direct(service, port)

    monkeypatch.setattr(fake_run.engine, "direct", frozen)
    with experiment(fake_run.run, plan("freeze web")) as held:
        assert noticed.wait(WITHIN_S)
        seen = held.readings("web", ProbeKind.LIVENESS)
    assert all(each.at_s >= held.injected_s for each in seen)
    (sign,) = fault_records(fake_run.run.events)
    assert sign.detected_by in {"web/liveness: frozen", "web/readiness: frozen"}
    assert sign.detected_s is not None
    assert 0 <= sign.detected_s <= WITHIN_S
    assert sign.recovered_s == pytest.approx(held.recovered_s, abs=0.001)


def test_traffic_is_seen_while_the_fault_holds(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test counts requests that were due since all faults held, and its loads are reported at the end."""
    confirm(monkeypatch, DOWN)
    with experiment(fake_run.run, plan(DOWN, loads=(pages(fake_run),))) as held:
        seen = held.wait_for_samples(5, WITHIN_S, "pages")
        assert not held.samples("others")
    assert {each.outcome for each in seen} == {Outcome.OK}
    assert min(each.intended_s for each in seen) >= held.held_s
    (report,) = fake_run.run.loads
    assert report.sent == len(held.background.samples)


def test_requests_that_do_not_end_are_a_fail(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for more requests than end in time learns how many did."""
    confirm(monkeypatch, DOWN)
    with (
        pytest.raises(AssertionError, match=r"expected 1 requests to end within 0 s, saw 0"),
        experiment(fake_run.run, plan(DOWN)) as held,
    ):
        held.wait_for_samples(1, AT_ONCE_S)


def test_a_load_that_dies_is_not_a_failure_of_the_stack(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch, workers: list[RunningLoad]
) -> None:
    """If nobody sends any more, silence is not a FAIL: whoever waits gets an error at once, and it is INCONCLUSIVE."""
    confirm(monkeypatch, DOWN)

    def kill_and_wait(held: RunningExperiment) -> None:
        os.kill(workers[0].pid, signal.SIGKILL)
        held.wait_for_samples(1_000_000, WITHIN_S)

    with (
        pytest.raises(LoadError, match="the load generator ended by signal 9"),
        experiment(fake_run.run, plan(DOWN, loads=(pages(fake_run),))) as held,
    ):
        kill_and_wait(held)
    assert is_undisturbed(fake_run)
    assert fake_run.verdicts()[0][0] == "INCONCLUSIVE"


def test_a_load_that_ends_too_early_is_inconclusive(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A schedule that is too short is a mistake in the test, not a failure of the stack."""
    confirm(monkeypatch, DOWN)
    short = pages(fake_run, lasts_s=0.5)
    with (
        pytest.raises(InconclusiveError, match="expected pages to run to the end of the experiment"),
        experiment(fake_run.run, plan(DOWN, loads=(short,))) as held,
    ):
        held.wait_for_samples(1_000_000, WITHIN_S)


def test_a_record_that_cannot_be_written_is_not_a_pass(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk in the middle of an experiment heals the fault and says what it was."""
    confirm(monkeypatch, DOWN)

    def full(_history: History, _lines: bytes) -> None:
        raise HistoryError("no space left")

    with pytest.raises(InconclusiveError, match="no space left"), experiment(fake_run.run, plan(DOWN)):
        monkeypatch.setattr(History, "_write", full)
    assert is_undisturbed(fake_run)
