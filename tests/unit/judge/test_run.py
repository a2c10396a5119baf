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
from stackproof.judge import Profile, judge_run
from stackproof.model import (
    CheckResult,
    Entry,
    Event,
    EventKind,
    HistoryError,
    LoadReport,
    Objective,
    Outcome,
    ProbeKind,
    ProbeReading,
    Promise,
    Sample,
    Sli,
    Stack,
    Verdict,
)

MakeObjective = Callable[..., Objective]
MakeRequests = Callable[..., list[Sample]]
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def _event(kind: EventKind, at_s: float, subject: str = "", **detail: str) -> Event:
    return Event(kind, at_s, NOW, subject, detail)


ENDED = _event(EventKind.RUN_ENDED, 99)
GREEN = CheckResult("test_a", "PASS")
UP = ProbeReading("shop", ProbeKind.LIVENESS, 1.0, 0.01, ok=True, detail="200", engine_state="healthy")


def _run(*objectives: Objective) -> Recorded:
    """A run that came to its end, and saw nothing yet."""
    return Recorded(Header("run-1", Stack("s", Path("compose.yaml")), objectives, NOW, 0.0), events=(ENDED,))


def test_a_run_in_which_all_holds_passes(promised: MakeObjective, requests: MakeRequests) -> None:
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
    """Our own aims are reported in each run, and gate where there is time to send the requests that decide."""
    run = replace(_run(promised(promise=Promise.SLO)), samples=requests(count, outcome))
    quick = judge_run(run, Profile.QUICK)
    assert (quick.verdict, quick.objectives[0].verdict, quick.objectives[0].gates) == (Verdict.PASS, nightly, False)
    assert judge_run(run, Profile.NIGHTLY).verdict is nightly


def test_a_run_without_load_says_nothing_of_service_levels(promised: MakeObjective) -> None:
    """The health suite alone may pass: objectives that nobody measured are INCONCLUSIVE and decide nothing."""
    judgement = judge_run(replace(_run(promised()), checks=[GREEN]), Profile.NIGHTLY)
    assert judgement.verdict is Verdict.PASS
    assert judgement.objectives[0].verdict is Verdict.INCONCLUSIVE


def test_a_load_without_a_request_decides_nothing_and_says_so(promised: MakeObjective) -> None:
    """A load that began and sent nothing makes the run INCONCLUSIVE: silence is no success."""
    run = replace(_run(promised()), events=[_event(EventKind.LOAD_STARTED, 1, "front/shop:80 normal"), ENDED])
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


def test_a_verdict_that_is_none_is_refused() -> None:
    """A record with a word that is no verdict is refused, and the message names the check."""
    with pytest.raises(HistoryError, match=r"test_b.*'MAYBE'"):
        judge_run(replace(_run(), checks=[CheckResult("test_b", "MAYBE")]), Profile.QUICK)


def test_a_lying_probe_fails_a_run() -> None:
    """A probe that says yes for a dead container fails the run."""
    run = replace(_run(), readings=[replace(UP, engine_state="exited")])
    judgement = judge_run(run, Profile.QUICK)
    assert judgement.verdict is Verdict.FAIL
    assert judgement.reasons[0].startswith("shop/liveness: it said yes")


def test_a_fault_that_did_not_bite_leaves_a_run_undecided() -> None:
    """All green under a fault that did nothing proves nothing."""
    fault = "latency front/shop:80 latency_ms=1500"
    story = [_event(EventKind.FAULT_INJECTED, 1, fault), _event(EventKind.FAULT_HEALED, 9, fault)]
    judgement = judge_run(replace(_run(), events=[*story, ENDED], checks=[GREEN]), Profile.QUICK)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reasons == (f"fault {fault}: it was not seen to bite (no evidence was recorded)",)


def test_a_run_that_did_not_end_is_undecided() -> None:
    """What was killed half-way may have had its failures still to come; a failure that it saw stays one."""
    killed = replace(_run(), events=(), checks=[GREEN])
    assert judge_run(killed, Profile.QUICK).verdict is Verdict.INCONCLUSIVE
    failed = replace(killed, checks=[CheckResult("test_b", "FAIL")])
    assert judge_run(failed, Profile.QUICK).verdict is Verdict.FAIL


def test_a_run_that_saw_nothing_is_undecided() -> None:
    """No request, no probe, no check: no PASS."""
    assert judge_run(_run(), Profile.QUICK).verdict is Verdict.INCONCLUSIVE


def test_an_old_run_is_judged_against_another_promise(promised: MakeObjective, requests: MakeRequests) -> None:
    """The same record that proves 90 % refutes 99.9 %: only the promise changed."""
    run = replace(_run(promised(target=0.9)), samples=requests(990) + requests(10, Outcome.RESET))
    assert judge_run(run, Profile.QUICK).verdict is Verdict.PASS
    assert judge_run(run.against([promised(target=0.999)]), Profile.QUICK).verdict is Verdict.FAIL


def test_a_new_promise_overrules_what_a_test_said_of_the_old_one(
    promised: MakeObjective, requests: MakeRequests
) -> None:
    """A test that failed on the old objective does not fail the new one; any other test's word stays."""
    strict, lax = promised(target=0.999), promised(target=0.9)
    broken = CheckResult(f"suites/test_sla.py::test_it[{strict.id}]", "FAIL", "refuted")
    run = replace(_run(strict), samples=requests(990) + requests(10, Outcome.RESET), checks=[broken])
    assert judge_run(run, Profile.QUICK).verdict is Verdict.FAIL
    assert judge_run(run.against([lax]), Profile.QUICK).verdict is Verdict.PASS
    lost = replace(run, checks=[broken, CheckResult("test_files", "FAIL", "two lost")])
    assert judge_run(lost.against([lax]), Profile.QUICK).verdict is Verdict.FAIL


entries: st.SearchStrategy[list[Entry]] = st.lists(
    st.one_of(
        st.builds(Sample, st.sampled_from(["front/shop:80", "front/shop:80 spike", "other"])),
        st.builds(LoadReport, st.sampled_from(["front/shop:80 spike", "other"])),
        st.builds(ProbeReading, engine_state=st.sampled_from(["healthy", "exited", ""])),
        st.builds(CheckResult, verdict=st.sampled_from([str(verdict) for verdict in Verdict])),
        st.builds(
            Event,
            wall=st.just(NOW),
            subject=st.just("down front/shop:80"),
            detail=st.fixed_dictionaries({"bit": st.sampled_from(["true", "false"])}),
        ),
    )
)


@given(seen=entries, profile=st.sampled_from(Profile))
def test_a_run_is_judged_alike_for_ever(promised: MakeObjective, seen: list[Entry], profile: Profile) -> None:
    """The judgement of a record that was written and read back is the judgement of what was seen."""
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


REFUSED = _event(EventKind.EXPERIMENT, 7, "kill shop", verdict="INCONCLUSIVE", reason="the engine refused")


@pytest.mark.parametrize("verdict", Verdict)
def test_an_experiment_that_was_never_injected_keeps_a_run_from_pass(verdict: Verdict) -> None:
    """Whatever it says of itself: nothing was done, so nothing was proved; the reason is in the verdict."""
    claim = replace(REFUSED, detail={**REFUSED.detail, "verdict": verdict})
    judged = judge_run(replace(_run(), events=(claim, ENDED), checks=[GREEN]), Profile.QUICK)
    assert judged.verdict is (Verdict.FAIL if verdict is Verdict.FAIL else Verdict.INCONCLUSIVE)
    assert judged.reasons == ("fault kill shop was not injected: the engine refused",)


def test_an_injection_that_was_tried_in_vain_is_told_once_with_its_reason() -> None:
    """The record has the try and its undoing; why it failed says more than that no evidence is there."""
    tried = (_event(EventKind.FAULT_INJECTED, 5, "kill shop"), _event(EventKind.FAULT_HEALED, 6, "kill shop"))
    judged = judge_run(replace(_run(), events=(*tried, REFUSED, ENDED), checks=[GREEN]), Profile.QUICK)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.reasons == ("experiment kill-1 (kill shop): the engine refused",)
