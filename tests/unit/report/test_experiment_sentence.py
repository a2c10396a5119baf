"""One sentence says what happened in an experiment."""

from stackproof.model import Evidence, FirstSign, Outcome, ProbeKind, Verdict
from stackproof.report.experiment_sentence import experiment_sentence
from tests.unit.report.scenes import ended, fault, full, load, readings, sample, scene

CONFIRMED = "kill mime-server: confirmed 0.3 s after injection (the engine says exited with code 137)"


def test_the_sentence_has_everything() -> None:
    """Whether it was confirmed, which requests failed when, which probes said no for how long, and how it ended."""
    assert experiment_sentence(full()) == (
        f"{CONFIRMED}; 26 of 90 requests failed (refused 26) between 0.4 s and 2.9 s; mime-server's readiness said no "
        "for 3.5 s, public_app's for 3.0 s; mime-server's liveness said no for 3.0 s; healed after 3 s, recovered "
        "1.4 s later. PASS"
    )


def test_a_fault_without_load_and_probes() -> None:
    """What was not done is left out, or said not to be done."""
    assert (
        experiment_sentence(scene(fault()))
        == f"{CONFIRMED}; no request was sent; healed after 3 s, recovery was not recorded. PASS"
    )


def test_a_fault_that_was_not_confirmed() -> None:
    """The observation says why; so does its absence."""
    unconfirmed = scene(fault(evidence=Evidence(confirmed=False, observed="running,\nas before"), ended=ended()))
    assert experiment_sentence(unconfirmed) == (
        "kill mime-server: it was not confirmed (running, as before); no request was sent; healed after 3 s, "
        "recovery was not recorded. INCONCLUSIVE"
    )
    unobserved = scene(fault(evidence=None, healed_s=None))
    assert experiment_sentence(unobserved) == (
        "kill mime-server: it was not confirmed (no evidence was recorded); no request was sent; its healing was "
        "not recorded. INCONCLUSIVE"
    )


def test_the_first_sign_is_named_next_to_the_evidence() -> None:
    """What noticed it first is another question than whether it was confirmed."""
    sign = FirstSign(0.041, "a/ping: no")
    shown = scene(fault(ended=ended(Verdict.FAIL, "expected\n1, saw 2", sign)))
    assert experiment_sentence(shown) == (
        "kill mime-server: confirmed (the engine says exited with code 137), first sign 0.041 s after injection "
        "(a/ping: no); no request was sent; healed after 3 s, recovery was not recorded. FAIL: expected 1, saw 2"
    )


def test_nothing_failed() -> None:
    """That is worth a sentence, too."""
    shown = scene(fault(), load(99, 99), readings("a", 99, 99))
    assert "; none of 90 requests failed; every probe said yes; healed" in experiment_sentence(shown)


def test_a_single_request() -> None:
    """Is one request, at one moment."""
    shown = scene(fault(), [sample(0.25, Outcome.TIMEOUT)])
    assert "; 1 of 1 request failed (timeout 1) at 0.25 s; healed" in experiment_sentence(shown)


def test_failures_are_counted_by_how_they_ended() -> None:
    """The most frequent first, thousands apart."""
    outcomes = [*[Outcome.RESET] * 1000, *[Outcome.TIMEOUT] * 2000]
    shown = scene(fault(), [sample(1, outcome) for outcome in outcomes])
    assert "; 3,000 of 3,000 requests failed (timeout 2,000, reset 1,000) at 1 s; healed" in experiment_sentence(shown)


def test_a_request_that_was_on_its_way_counts() -> None:
    """It was sent before the injection and ended after it; one that had failed before is counted apart."""
    shown = scene(fault(), [sample(-2, Outcome.WRONG), sample(-0.5, Outcome.RESET, took_s=0.6)])
    expected = "; 1 of 1 request failed (reset 1) at -0.5 s, 1 failed in the 3.0 s before injection; healed"
    assert expected in experiment_sentence(shown)


def test_the_faults_before_and_after_are_not_blamed_on_this_one() -> None:
    """Failures count from the recovery of the one before to shortly before the one after."""
    events = [*fault("kill a", -2.5, healed_s=-1.5), *fault(), *fault("kill b", 6, healed_s=None)]
    failed = [sample(at_s, Outcome.RESET) for at_s in (-2, -1, 1, 2, 5.5, 6.2)]
    assert "; 2 of 2 requests failed (reset 2) between 1 s and 2 s, 1 failed in the 1.5 s before injection; healed" in (
        experiment_sentence(scene(events, failed))
    )


def test_a_probe_that_still_says_no_at_the_end() -> None:
    """The sentence says so: recovery was not complete."""
    shown = scene(fault(), answers=readings("a", 1, 99))
    assert "; a's readiness said no for 7.5 s and still did at the end; healed" in experiment_sentence(shown)


def test_a_short_no_is_not_rounded_away() -> None:
    """Nor told with more digits than the probes' rhythm has."""
    shown = scene(fault(), answers=readings("a", 1, 99, until_s=1.5))
    assert "; a's readiness said no for less than 0.1 s and still did at the end; healed" in experiment_sentence(shown)


def test_many_services_are_summed_up() -> None:
    """The four that said no longest by name, the others by number."""
    answers = [answer for place in range(1, 7) for answer in readings(f"s{place}", 0, place / 2, ProbeKind.PING)]
    first = (
        "; s6's ping said no for 3.0 s, s5's for 2.5 s, s4's for 2.0 s, s3's for 1.5 s, those of 2 others for 1.0 s "
    )
    assert first + "or less; healed" in experiment_sentence(scene(fault(), answers=answers))


def test_a_fault_that_was_held_meanwhile_is_named() -> None:
    """It may have done some of it; one that came later did not."""
    events = [*fault("freeze b", -4, healed_s=1), *fault(), *fault("freeze c", 2, healed_s=None)]
    events += fault("freeze d", 8, healed_s=9)
    sentence = experiment_sentence(scene(events, load(9, 9)))
    assert "; freeze b was held, too; freeze c was held, too; healed after 3 s" in sentence
    assert "freeze d" not in sentence
