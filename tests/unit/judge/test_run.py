"""A whole run gets the verdict that its record proves, today and when it is judged again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.history import Header, History, Recorded, read
from stackproof.judge import judge_run
from stackproof.model import (
    CheckResult,
    Entry,
    Event,
    Evidence,
    ExperimentEnded,
    FaultHealed,
    FaultInjected,
    FaultObserved,
    FaultSpec,
    LoadReport,
    LoadStarted,
    Objective,
    Outcome,
    PlannedFault,
    ProbeKind,
    ProbeReading,
    Profile,
    Promise,
    RunEnded,
    Sample,
    Sli,
    Stack,
    Verdict,
)

MakeObjective = Callable[..., Objective]
MakeRequests = Callable[..., list[Sample]]
NOW = datetime(2026, 1, 2, tzinfo=UTC)


ENDED = RunEnded(99, NOW)
GREEN = CheckResult("test_a", Verdict.PASS)
KILL = FaultSpec("kill", "shop")
UP = ProbeReading("shop", ProbeKind.LIVENESS, 1.0, 0.01, ok=True, detail="200", engine_state="healthy")


def _run(*objectives: Objective) -> Recorded:
    """A run that came to its end, and observed nothing yet."""
    return Recorded(Header("run-1", Stack("s", Path("compose.yaml")), objectives, NOW, 0.0), events=(ENDED,))


def test_a_run_in_which_everything_holds_passes(promised: MakeObjective, requests: MakeRequests) -> None:
    """Promises kept, probes true and tests green: PASS, exit code 0, and nothing to explain."""
    run = replace(_run(promised()), samples=requests(100), readings=[UP], checks=[GREEN])
    judgement = judge_run(run, Profile.QUICK)
    assert judgement.verdict is Verdict.PASS
    assert judgement.verdict.exit_code == 0
    assert judgement.reasons == ()


def test_a_broken_sla_fails_every_run(promised: MakeObjective, requests: MakeRequests) -> None:
    """The contract decides each run; the reason names the objective."""
    run = replace(_run(promised()), samples=requests(100, Outcome.RESET))
    for profile in Profile:
        judgement = judge_run(run, profile)
        assert judgement.verdict is Verdict.FAIL
        assert judgement.reasons[0].startswith("sla-shop-availability: at most 2.9513 % of requests are answered")


@pytest.mark.parametrize(
    ("outcome", "count", "nightly"), [(Outcome.RESET, 100, Verdict.FAIL), (Outcome.OK, 28, Verdict.INCONCLUSIVE)]
)
def test_the_slo_decides_the_nightly_only(
    promised: MakeObjective, requests: MakeRequests, outcome: Outcome, count: int, nightly: Verdict
) -> None:
    """Our own aims are reported in each run, and gate if there is time to send the requests that decide."""
    run = replace(_run(promised(promise=Promise.SLO)), samples=requests(count, outcome))
    quick = judge_run(run, Profile.QUICK)
    assert (quick.verdict, quick.objectives[0].verdict, quick.objectives[0].gates) == (Verdict.PASS, nightly, False)
    assert judge_run(run, Profile.NIGHTLY).verdict is nightly


def test_a_run_without_load_shows_nothing_of_service_levels(promised: MakeObjective) -> None:
    """The health suite alone may pass: objectives that nobody measured are INCONCLUSIVE and decide nothing."""
    judgement = judge_run(replace(_run(promised()), checks=[GREEN]), Profile.NIGHTLY)
    assert judgement.verdict is Verdict.PASS
    assert judgement.objectives[0].verdict is Verdict.INCONCLUSIVE


def test_a_load_without_a_request_decides_nothing_and_says_so(promised: MakeObjective) -> None:
    """A load that started and sent nothing makes the run INCONCLUSIVE: silence is not success."""
    run = replace(_run(promised()), events=[LoadStarted(1, NOW, "a", "front/shop:80 normal"), ENDED])
    assert judge_run(replace(run, checks=[GREEN]), Profile.QUICK).verdict is Verdict.INCONCLUSIVE
    behind = LoadReport("front/shop:80", 100, 0, 100, 9.0, kept_up=False)
    run = replace(_run(promised()), loads=[behind], checks=[GREEN])
    assert judge_run(run, Profile.QUICK).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_tests_own_verdict_counts(verdict: Verdict) -> None:
    """What a test found decides the run, with its id and message as the reason."""
    judgement = judge_run(replace(_run(), checks=[GREEN, CheckResult("test_b", verdict, "two lost")]), Profile.QUICK)
    assert judgement.verdict is verdict
    assert judgement.reasons == (() if verdict is Verdict.PASS else ("test_b: two lost",))


def test_a_test_that_repeats_the_verdict_on_an_objective_adds_no_reason(
    promised: MakeObjective, requests: MakeRequests
) -> None:
    """The verdict of `prove` is the judge's own, and is stated once; one that no longer stands is its own reason."""
    run = replace(_run(promised()), samples=requests(100, Outcome.RESET))
    (judgement,) = judge_run(run, Profile.QUICK).objectives
    proof = CheckResult("test_it", Verdict.FAIL, "in other words", judgement.objective.id, repeats_objective=True)
    assert judge_run(replace(run, checks=[proof]), Profile.QUICK).reasons == (judgement.statement,)
    earlier = replace(proof, verdict=Verdict.INCONCLUSIVE, message="after 3 requests")
    assert judge_run(replace(run, checks=[earlier]), Profile.QUICK).reasons == (
        judgement.statement,
        "test_it: after 3 requests",
    )
    own = replace(proof, repeats_objective=False, message=judgement.statement)
    assert judge_run(replace(run, checks=[own]), Profile.QUICK).reasons == (
        judgement.statement,
        f"test_it: {judgement.statement}",
    )


def test_a_lying_probe_fails_a_run() -> None:
    """A probe that says yes for a dead container fails the run."""
    run = replace(_run(), readings=[replace(UP, engine_state="exited")])
    judgement = judge_run(run, Profile.QUICK)
    assert judgement.verdict is Verdict.FAIL
    assert judgement.reasons[0].startswith("shop/liveness: it said yes")


def test_a_fault_that_was_not_confirmed_leaves_a_run_undecided() -> None:
    """A green test under a fault that did nothing proves nothing."""
    fault = FaultSpec("latency", "front/shop:80", {"latency_ms": "1500"})
    story = [FaultInjected(1, NOW, "a", fault), FaultHealed(9, NOW, "a")]
    judgement = judge_run(replace(_run(), events=[*story, ENDED], checks=[GREEN]), Profile.QUICK)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reasons == (f"fault {fault}: it was not confirmed (no evidence was recorded)",)


def test_a_run_that_did_not_end_is_undecided() -> None:
    """A run that was killed half-way may have had failures to come; a failure that it saw stays one."""
    killed = replace(_run(), events=(), checks=[GREEN])
    assert judge_run(killed, Profile.QUICK).verdict is Verdict.INCONCLUSIVE
    failed = replace(killed, checks=[CheckResult("test_b", Verdict.FAIL)])
    assert judge_run(failed, Profile.QUICK).verdict is Verdict.FAIL


def test_a_run_that_observed_nothing_is_undecided() -> None:
    """No request, no probe, no check: no PASS."""
    assert judge_run(_run(), Profile.QUICK).verdict is Verdict.INCONCLUSIVE


def test_an_old_run_is_judged_against_another_promise(promised: MakeObjective, requests: MakeRequests) -> None:
    """The same record that proves 90 % refutes 99.9 %: only the promise changed."""
    run = replace(_run(promised(target=0.9)), samples=requests(990) + requests(10, Outcome.RESET))
    assert judge_run(run, Profile.QUICK).verdict is Verdict.PASS
    assert judge_run(run.against([promised(target=0.999)]), Profile.QUICK).verdict is Verdict.FAIL


def test_a_new_objective_overrules_what_a_test_proved_of_the_old_one(
    promised: MakeObjective, requests: MakeRequests
) -> None:
    """A test that failed on the old objective does not fail the new one; any other test's verdict stays."""
    strict, lax = promised(target=0.999), promised(target=0.9)
    broken = CheckResult("suites/test_sla.py::test_it", Verdict.FAIL, "refuted", strict.id)
    run = replace(_run(strict), samples=requests(990) + requests(10, Outcome.RESET), checks=[broken])
    assert judge_run(run, Profile.QUICK).verdict is Verdict.FAIL
    assert judge_run(run.against([lax]), Profile.QUICK).verdict is Verdict.PASS
    lost = replace(run, checks=[broken, CheckResult("test_files", Verdict.FAIL, "two lost")])
    assert judge_run(lost.against([lax]), Profile.QUICK).verdict is Verdict.FAIL


WALLS, IDS = st.just(NOW), st.sampled_from(["a", "b"])
entries: st.SearchStrategy[list[Entry]] = st.lists(
    st.one_of(
        st.builds(Sample, st.sampled_from(["front/shop:80", "front/shop:80 spike", "other"])),
        st.builds(LoadReport, st.sampled_from(["front/shop:80 spike", "other"])),
        st.builds(ProbeReading, engine_state=st.sampled_from(["healthy", "exited", ""])),
        st.from_type(CheckResult),
        st.builds(FaultInjected, wall=WALLS, injection=IDS, fault=st.just(KILL)),
        st.builds(FaultObserved, wall=WALLS, injection=IDS, evidence=st.from_type(Evidence)),
        st.builds(FaultHealed, wall=WALLS, injection=IDS),
        st.builds(ExperimentEnded, wall=WALLS, faults=st.just((PlannedFault("a", KILL),))),
        st.builds(RunEnded, wall=WALLS),
    )
)


@given(seen=entries, profile=st.sampled_from(Profile))
def test_a_run_is_judged_alike_for_ever(promised: MakeObjective, seen: list[Entry], profile: Profile) -> None:
    """The judgement of a record that was written and read back is the judgement of what was observed."""
    header = _run(*(promised(sli) for sli in Sli)).header
    with TemporaryDirectory() as folder:
        with History.create(Path(folder), header) as history:
            history.extend(seen)
        read_back = read(Path(folder))
    original = Recorded(
        header,
        events=[entry for entry in seen if isinstance(entry, Event)],
        samples=[entry for entry in seen if isinstance(entry, Sample)],
        loads=[entry for entry in seen if isinstance(entry, LoadReport)],
        readings=[entry for entry in seen if isinstance(entry, ProbeReading)],
        checks=[entry for entry in seen if isinstance(entry, CheckResult)],
    )
    assert repr(judge_run(read_back, profile)) == repr(judge_run(original, profile))  # repr: NaN is unequal to itself


REFUSED = ExperimentEnded(7, NOW, (PlannedFault("a", KILL),), Verdict.INCONCLUSIVE, "the engine refused")


@pytest.mark.parametrize("verdict", Verdict)
def test_an_experiment_that_was_never_injected_keeps_a_run_from_pass(verdict: Verdict) -> None:
    """Whatever its own verdict: nothing was done, so nothing was proved; the reason is given."""
    claim = replace(REFUSED, verdict=verdict)
    judged = judge_run(replace(_run(), events=(claim, ENDED), checks=[GREEN]), Profile.QUICK)
    assert judged.verdict is (Verdict.FAIL if verdict is Verdict.FAIL else Verdict.INCONCLUSIVE)
    assert judged.reasons == ("fault kill shop was not injected: the engine refused",)


def test_an_injection_that_failed_is_one_reason() -> None:
    """The record has the attempt and its undoing; why it failed says more than that there is no evidence."""
    tried = (FaultInjected(5, NOW, "a", KILL), FaultHealed(6, NOW, "a"))
    judged = judge_run(replace(_run(), events=(*tried, REFUSED, ENDED), checks=[GREEN]), Profile.QUICK)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.reasons == ("experiment kill-1 (kill shop): the engine refused",)
