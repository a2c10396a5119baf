"""An experiment's verdict is what was seen, whatever goes wrong, and no fault outlives it."""

import os
import signal
from collections.abc import Callable, Sequence
from threading import Event

import pytest

from stackproof.experiments import experiment as experiment_module
from stackproof.experiments.experiment import Experiment, Plan, experiment
from stackproof.history import History
from stackproof.judge import experiments
from stackproof.model import (
    ContainerState,
    ContainerStatus,
    EngineError,
    Entry,
    EventKind,
    FaultError,
    FaultSpec,
    HistoryError,
    InconclusiveError,
    Outcome,
    ProbeKind,
    ProbeReading,
    Sample,
    Verdict,
)
from stackproof.workload import Constant, LoadError, LoadPlan, RunningLoad, start_load
from tests.tiny_servers import AnswersHttp, serving
from tests.unit.fakes import STORE, WEB
from tests.unit.grounds import WITHIN_S, Ground, let_bite, let_not_bite

DOWN = f"down {WEB}"
LATE = f"latency {STORE} latency_ms=50"
AT_ONCE_S = 0.0


def plan(*faults: str, loads: tuple[LoadPlan, ...] = (), recovers_within_s: float = WITHIN_S) -> Plan:
    """What is done."""
    return Plan(tuple(map(FaultSpec.parse, faults)), loads, recovers_within_s, "the-test")


def pages(standing: Ground, lasts_s: float = 300.0) -> LoadPlan:
    """Traffic to the web service."""
    return LoadPlan(f"http://{standing.web}/", Constant(50, lasts_s), "pages", deadline_s=5, lag_limit_s=5)


def is_undisturbed(standing: Ground) -> bool:
    """True where no fault is left on the stack or in the journal."""
    links = standing.engine.links.values()
    return not standing.run.unhealed() and not any(each.is_cut() or each.effects() for each in links)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[RunningLoad]:
    """Loads that were started, as they come."""
    started: list[RunningLoad] = []

    def start(what: LoadPlan, on_samples: Callable[[Sequence[Sample]], None]) -> RunningLoad:
        load = start_load(what, on_samples)
        started.append(load)
        return load

    monkeypatch.setattr("stackproof.run.background.start_load", start)
    return started


def test_all_that_held_is_a_pass(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steady, bitten, expectations held, healed, recovered: PASS, with the time that recovery took."""
    let_bite(monkeypatch, DOWN)
    with experiment(standing.run, plan(DOWN)):
        assert standing.engine.links[WEB].is_cut()
    assert is_undisturbed(standing)
    (told,) = standing.judged().experiments
    assert (told.verdict, told.reason, told.id) == (Verdict.PASS, "", "the-test")
    assert told.recovered_s is not None
    assert 0 <= told.recovered_s < WITHIN_S
    assert standing.judged().verdict is Verdict.PASS


def test_a_fault_that_did_not_bite_is_inconclusive_whatever_the_block_says(
    standing: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The block is not even asked: what it would see it would see without its fault."""
    let_not_bite(monkeypatch, DOWN)
    with (
        pytest.raises(InconclusiveError, match=f"'{DOWN}' was not seen to bite: as before"),
        experiment(standing.run, plan(DOWN)),
    ):
        pytest.fail("the block ran")
    assert is_undisturbed(standing)
    assert standing.verdicts() == [("INCONCLUSIVE", f"'{DOWN}' was not seen to bite: as before")]
    assert standing.judged().verdict is Verdict.INCONCLUSIVE


def test_one_of_several_that_did_not_bite_makes_all_inconclusive(
    standing: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows what the other would have done beside it."""
    let_bite(monkeypatch, DOWN)
    let_not_bite(monkeypatch, LATE)
    with pytest.raises(InconclusiveError), experiment(standing.run, plan(DOWN, LATE)):
        pytest.fail("the block ran")
    assert [each.verdict for each in standing.judged().experiments] == [Verdict.INCONCLUSIVE] * 2
    assert is_undisturbed(standing)


def test_an_unsteady_stack_is_inconclusive_before_anything_is_injected(
    standing: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was ill before proves nothing of a fault; the record says so, though no fault is in it."""
    monkeypatch.setattr(experiment_module, "STEADY_WITHIN_S", AT_ONCE_S)
    standing.engine.states["store"] = ContainerState(ContainerStatus.EXITED)
    with (
        pytest.raises(InconclusiveError, match="a steady state within 0 s, but the engine says exited of store"),
        experiment(standing.run, plan(DOWN)),
    ):
        pytest.fail("the block ran")
    assert not standing.events(EventKind.FAULT_INJECTED)
    judged = standing.judged()
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.reasons[0] == (
        f"fault {DOWN} was not injected: expected a steady state within 0 s, but the engine says exited of store"
    )


def test_traffic_that_is_ill_before_the_fault_is_inconclusive(
    standing: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests that never went well cannot tell what a fault does to them."""
    monkeypatch.setattr(experiment_module, "_BASELINE_WITHIN_S", AT_ONCE_S)
    refused = LoadPlan("http://127.0.0.1:1/", Constant(20, 300), "pages", deadline_s=5)
    with (
        pytest.raises(InconclusiveError, match="expected requests of pages to go well before the fault"),
        experiment(standing.run, plan(DOWN, loads=(refused,))),
    ):
        pytest.fail("the block ran")
    assert not standing.events(EventKind.FAULT_INJECTED)
    assert standing.verdicts()[0][0] == "INCONCLUSIVE"


def test_a_broken_expectation_is_a_fail_and_the_fault_is_healed(
    standing: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The assertion comes out of the block as it is, and its first line is the reason in the record."""
    let_bite(monkeypatch, DOWN)
    with pytest.raises(AssertionError), experiment(standing.run, plan(DOWN)):
        raise AssertionError("users waited 9 s\nand more")
    assert is_undisturbed(standing)
    assert standing.verdicts() == [("FAIL", "users waited 9 s")]
    assert standing.judged().verdict is Verdict.FAIL


@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), RuntimeError("a bug"), EngineError("no engine")])
def test_whatever_else_ends_the_block_is_inconclusive(
    standing: Ground, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    """Ctrl-C, a bug in a test, an engine that does not answer: the fault is healed, and nothing was proved."""
    let_bite(monkeypatch, DOWN)
    with pytest.raises((KeyboardInterrupt, RuntimeError, InconclusiveError)), experiment(standing.run, plan(DOWN)):
        raise trouble
    assert is_undisturbed(standing)
    assert standing.verdicts() == [("INCONCLUSIVE", str(trouble) or "KeyboardInterrupt")]
    assert standing.judged().verdict is Verdict.INCONCLUSIVE


def test_no_recovery_within_the_bound_is_a_fail(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack that stays ill after the healing did not survive the fault."""
    let_bite(monkeypatch, DOWN)
    with (
        pytest.raises(AssertionError, match="to be well 0 s after the healing, but the engine says exited of store"),
        experiment(standing.run, plan(DOWN, recovers_within_s=AT_ONCE_S)),
    ):
        standing.engine.states["store"] = ContainerState(ContainerStatus.EXITED)
    (told,) = standing.judged().experiments
    assert (told.verdict, told.recovered_s) == (Verdict.FAIL, None)


def test_traffic_that_does_not_recover_is_a_fail(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Green probes are not enough: users have to be served again."""
    let_bite(monkeypatch, DOWN)
    with serving(AnswersHttp) as other:
        late = LoadPlan(f"http://{other}/", Constant(50, 300), "pages", deadline_s=5, lag_limit_s=5)
        with (
            pytest.raises(AssertionError, match="well 0 s after the healing, but requests of pages still fail"),
            experiment(standing.run, plan(DOWN, loads=(late,), recovers_within_s=AT_ONCE_S)),
        ):
            pass


def test_several_faults_hold_together_and_are_all_healed(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """The block sees all of them at once; each has the experiment's verdict."""
    let_bite(monkeypatch, DOWN)
    let_bite(monkeypatch, LATE)
    with experiment(standing.run, plan(DOWN, LATE)):
        assert standing.engine.links[WEB].is_cut()
        assert standing.engine.links[STORE].effects()
    assert is_undisturbed(standing)
    assert [(each.verdict, str(each.fault)) for each in standing.judged().experiments] == [
        (Verdict.PASS, DOWN),
        (Verdict.PASS, LATE),
    ]


def test_a_fault_that_cannot_be_injected_is_inconclusive_and_the_others_are_healed(
    standing: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of what was asked for proves nothing; the record has the try, which may have disturbed too."""
    let_bite(monkeypatch, DOWN)
    standing.engine.links[STORE].refused.add("add")
    with pytest.raises(InconclusiveError, match="refuses to add"), experiment(standing.run, plan(DOWN, LATE)):
        pytest.fail("the block ran")
    assert is_undisturbed(standing)
    told = experiments(standing.run.events)
    assert [(each.verdict, each.reason) for each in told] == [(Verdict.INCONCLUSIVE, "the fake refuses to add")] * 2
    assert all(each.healed_s is not None for each in told)


def test_a_fault_that_makes_no_sense_is_inconclusive(standing: Ground) -> None:
    """Nothing was injected, and the run cannot pass for that."""
    with (
        pytest.raises(FaultError, match="no link 'front/nobody:80'"),
        experiment(standing.run, plan("down front/nobody:80")),
    ):
        pytest.fail("the block ran")
    judged = standing.judged()
    assert (judged.verdict, judged.experiments) == (Verdict.INCONCLUSIVE, ())
    assert judged.reasons[0].startswith("fault down front/nobody:80 was not injected: fault 'down front/nobody:80'")


def test_a_fault_that_cannot_be_healed_is_inconclusive_and_the_others_are_healed(
    standing: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expectations that held are no PASS where the stack was left disturbed, and the journal keeps the fault."""
    let_bite(monkeypatch, DOWN)
    let_bite(monkeypatch, LATE)
    with pytest.raises(InconclusiveError, match="refuses to remove"), experiment(standing.run, plan(DOWN, LATE)):
        standing.engine.links[STORE].refused.add("remove")
    assert [str(each.spec) for each in standing.run.unhealed()] == [LATE]
    assert not standing.engine.links[WEB].is_cut()
    assert standing.judged().verdict is Verdict.INCONCLUSIVE


def test_an_assertion_is_not_hidden_by_a_heal_that_fails(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is proved of a stack that cannot be put right, but the record has both."""
    let_bite(monkeypatch, LATE)

    def find_out() -> None:
        standing.engine.links[STORE].refused.add("remove")
        raise AssertionError("users waited 9 s")

    with pytest.raises(InconclusiveError), experiment(standing.run, plan(LATE)):
        find_out()
    assert standing.verdicts() == [("INCONCLUSIVE", "the fake refuses to remove; before that: users waited 9 s")]


def test_a_test_may_heal_inside_its_block(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then recovery counts from there, and each fault is healed once."""
    let_bite(monkeypatch, DOWN)
    with experiment(standing.run, plan(DOWN)) as held:
        held.heal()
        assert is_undisturbed(standing)
        healed_s = held.healed_s
    assert held.healed_s == healed_s
    assert len(standing.events(EventKind.FAULT_HEALED)) == 1


def test_the_first_sign_and_the_recovery_are_timed(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds from the injection to the first probe that said no, and from the healing until all was well."""
    let_bite(monkeypatch, "freeze web")
    told = Event()
    record = standing.run.history.append

    def append(entry: Entry) -> None:
        record(entry)
        if isinstance(entry, ProbeReading) and not entry.ok:
            told.set()

    monkeypatch.setattr(standing.run.history, "append", append)
    direct = standing.engine.direct

    def frozen(service: str, port: int) -> object:
        if standing.engine.states[service].status is ContainerStatus.PAUSED:
            raise EngineError("frozen")
        return direct(service, port)

    monkeypatch.setattr(standing.engine, "direct", frozen)
    with experiment(standing.run, plan("freeze web")) as held:
        assert told.wait(WITHIN_S)
        seen = held.readings("web", ProbeKind.LIVENESS)
    assert all(each.at_s >= held.injected_s for each in seen)
    (sign,) = experiments(standing.run.events)
    assert sign.detected_by in {"web/liveness: frozen", "web/readiness: frozen"}
    assert sign.detected_s is not None
    assert 0 <= sign.detected_s <= WITHIN_S
    assert sign.recovered_s == pytest.approx(held.recovered_s, abs=0.001)


def test_traffic_is_seen_while_the_fault_holds(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test counts requests that were due since all faults held, and its loads tell of themselves at the end."""
    let_bite(monkeypatch, DOWN)
    with experiment(standing.run, plan(DOWN, loads=(pages(standing),))) as held:
        seen = held.wait_for_samples(5, WITHIN_S, "pages")
        assert not held.samples("others")
    assert {each.outcome for each in seen} == {Outcome.OK}
    assert min(each.intended_s for each in seen) >= held.held_s
    (report,) = standing.run.loads
    assert report.sent == len(held.background.samples)


def test_requests_that_do_not_end_are_a_fail(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for more requests than end in time is told how many did."""
    let_bite(monkeypatch, DOWN)
    with (
        pytest.raises(AssertionError, match=r"expected 1 requests to end within 0 s, saw 0"),
        experiment(standing.run, plan(DOWN)) as held,
    ):
        held.wait_for_samples(1, AT_ONCE_S)


def test_a_load_that_dies_is_no_fault_of_the_stack(
    standing: Ground, monkeypatch: pytest.MonkeyPatch, workers: list[RunningLoad]
) -> None:
    """Where nobody sends any more, silence is no FAIL: whoever waits is told at once, and it is INCONCLUSIVE."""
    let_bite(monkeypatch, DOWN)

    def kill_and_wait(held: Experiment) -> None:
        os.kill(workers[0].pid, signal.SIGKILL)
        held.wait_for_samples(1_000_000, WITHIN_S)

    with (
        pytest.raises(LoadError, match="the load generator ended by signal 9"),
        experiment(standing.run, plan(DOWN, loads=(pages(standing),))) as held,
    ):
        kill_and_wait(held)
    assert is_undisturbed(standing)
    assert standing.verdicts()[0][0] == "INCONCLUSIVE"


def test_a_load_that_ends_too_early_is_inconclusive(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A schedule that is too short is a mistake in the test, and no illness of the stack."""
    let_bite(monkeypatch, DOWN)
    short = pages(standing, lasts_s=0.5)
    with (
        pytest.raises(InconclusiveError, match="expected pages to run to the end of the experiment"),
        experiment(standing.run, plan(DOWN, loads=(short,))) as held,
    ):
        held.wait_for_samples(1_000_000, WITHIN_S)


def test_a_record_that_cannot_be_written_is_no_pass(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk in the middle of an experiment heals the fault and says what it was."""
    let_bite(monkeypatch, DOWN)

    def full(_history: History, _lines: bytes) -> None:
        raise HistoryError("no space left")

    with pytest.raises(InconclusiveError, match="no space left"), experiment(standing.run, plan(DOWN)):
        monkeypatch.setattr(History, "_write", full)
    assert is_undisturbed(standing)
