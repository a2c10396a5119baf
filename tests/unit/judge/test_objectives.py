"""Each objective gets the verdict that its requests prove."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from stackproof.judge import bounds, judge_objective
from stackproof.model import Judgement, LoadReport, Objective, Outcome, Promise, Sample, Sli, Verdict

MakeObjective = Callable[..., Objective]
MakeRequests = Callable[..., list[Sample]]


def _judge(objective: Objective, samples: list[Sample], *loads: LoadReport) -> Judgement:
    return judge_objective(objective, samples, loads, gates=True)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_counts_as_bad(promised: MakeObjective, requests: MakeRequests, outcome: Outcome) -> None:
    """Availability blames what nobody answered, errors all that went wrong; latency counts what went well."""
    unanswered = outcome in {Outcome.REFUSED, Outcome.RESET, Outcome.TIMEOUT, Outcome.CLOSED, Outcome.UNAVAILABLE}
    samples = requests(10, outcome)
    assert _judge(promised(Sli.AVAILABILITY), samples).failures == (10 if unanswered else 0)
    assert _judge(promised(Sli.ERRORS), samples).failures == (0 if outcome is Outcome.OK else 10)
    assert _judge(promised(Sli.LATENCY), samples).n == (10 if outcome is Outcome.OK else 0)


def test_latency_counts_from_the_intended_time(promised: MakeObjective) -> None:
    """A stalled server cannot hide its queue: a request that waited 2 s to be sent was late, however quick then."""
    waited = [Sample("front/shop:80", intended_s=0, started_s=2, ended_s=2.1, outcome=Outcome.OK)] * 100
    judgement = _judge(promised(Sli.LATENCY), waited)
    assert judgement.verdict is Verdict.FAIL
    assert judgement.quantile_s == pytest.approx(2.1)


def test_an_answer_at_the_threshold_is_in_time(promised: MakeObjective, requests: MakeRequests) -> None:
    """Late is later than the threshold."""
    assert _judge(promised(Sli.LATENCY), requests(1, latency_s=1.0)).failures == 0
    assert _judge(promised(Sli.LATENCY), requests(1, latency_s=1.001)).failures == 1


def test_the_quantile_is_one_that_was_seen(promised: MakeObjective) -> None:
    """p95 of 1..100 ms is 95 ms, by nearest rank: 95 of 100 requests took no longer."""
    samples = [Sample("front/shop:80", 0, 0, ms / 1000, Outcome.OK) for ms in range(100, 0, -1)]
    assert _judge(promised(Sli.LATENCY, target=0.95), samples).quantile_s == 0.095


@pytest.mark.parametrize(
    ("good", "bad", "verdict"),
    [
        (2995, 0, Verdict.PASS),
        (2994, 0, Verdict.INCONCLUSIVE),
        (2995, 1, Verdict.INCONCLUSIVE),
        (2989, 6, Verdict.INCONCLUSIVE),
        (2988, 7, Verdict.FAIL),
        (0, 3, Verdict.FAIL),
    ],
)
def test_the_contract_of_99_9_percent(
    promised: MakeObjective, requests: MakeRequests, good: int, bad: int, verdict: Verdict
) -> None:
    """99.9 % is proved by 2995 good requests and no bad one, refuted by 7 bad ones in 2995, and open between."""
    samples = requests(good) + requests(bad, Outcome.RESET)
    judgement = _judge(promised(Sli.ERRORS, target=0.999), samples)
    assert judgement.verdict is verdict
    assert (judgement.more_samples > 0) == (verdict is Verdict.INCONCLUSIVE)


@given(n=st.integers(1, 200), failures=st.integers(0, 200), target=st.floats(0.5, 0.999))
def test_a_verdict_says_what_the_bounds_prove(
    promised: MakeObjective, requests: MakeRequests, n: int, failures: int, target: float
) -> None:
    """PASS where the lower bound meets the target, FAIL where the upper misses it, else INCONCLUSIVE."""
    failures = min(failures, n)
    samples = requests(n - failures) + requests(failures, Outcome.REFUSED)
    lower, upper = bounds(n, failures)
    expected = Verdict.PASS if lower >= target else Verdict.FAIL if upper < target else Verdict.INCONCLUSIVE
    assert _judge(promised(target=target), samples).verdict is expected


@pytest.mark.parametrize("n", [100, 500])
def test_a_service_that_keeps_its_promise_is_rarely_blamed(
    promised: MakeObjective, requests: MakeRequests, n: int
) -> None:
    """A service exactly as good as promised gets FAIL in at most 5 % of runs; one twice as good, in under 1 in 1000."""

    def blamed(bad_share: float) -> float:
        return sum(
            binom.pmf(failures, n, bad_share)
            for failures in range(n + 1)
            if _judge(promised(), requests(n - failures) + requests(failures, Outcome.RESET)).verdict is Verdict.FAIL
        )

    assert blamed(0.1) <= 0.05
    assert blamed(0.05) < 0.001


def test_an_inconclusive_verdict_says_what_would_decide(promised: MakeObjective, requests: MakeRequests) -> None:
    """Sending that many more, all good, gives PASS; one fewer leaves it open."""
    first = requests(2000) + requests(1, Outcome.RESET)
    more = _judge(promised(target=0.999), first).more_samples
    assert _judge(promised(target=0.999), first + requests(more)).verdict is Verdict.PASS
    assert _judge(promised(target=0.999), first + requests(more - 1)).verdict is Verdict.INCONCLUSIVE


def test_no_request_is_no_proof(promised: MakeObjective) -> None:
    """Without a load the verdict is INCONCLUSIVE, and the reason names the stream that was silent."""
    judgement = _judge(promised(target=0.999), [])
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.observed is None
    assert judgement.more_samples == 2995
    assert "front/shop:80" in judgement.reason


def test_a_dead_service_has_no_latency(promised: MakeObjective, requests: MakeRequests) -> None:
    """Where every request was refused, latency is INCONCLUSIVE (refusing is quick) and availability FAIL."""
    refused = requests(100, Outcome.REFUSED)
    assert _judge(promised(Sli.LATENCY), refused).verdict is Verdict.INCONCLUSIVE
    assert "none of 100 requests" in _judge(promised(Sli.LATENCY), refused).reason
    assert _judge(promised(Sli.AVAILABILITY), refused).verdict is Verdict.FAIL


def test_an_objective_sees_its_own_link_only(promised: MakeObjective, requests: MakeRequests) -> None:
    """All profiles of the link count; another link, be its name only longer, does not."""
    own = requests(1, stream="front/shop:80") + requests(2, stream="front/shop:80 spike")
    other = requests(4, stream="front/shop:8080") + requests(8, stream="back/shop:80")
    assert _judge(promised(), own + other).n == 3
    assert _judge(promised(stream="front/shop:80 spike"), own + other).n == 2


BEHIND = LoadReport("front/shop:80 spike", planned=200, sent=100, dropped=100, lag_p99_s=3.0, kept_up=False)


@pytest.mark.parametrize("sli", list(Sli))
@pytest.mark.parametrize("latency_s", [0.1, 9.0])
def test_a_load_that_fell_behind_proves_no_quality(
    promised: MakeObjective, requests: MakeRequests, sli: Sli, latency_s: float
) -> None:
    """Neither a PASS nor bad latency can be had from a late generator: all its requests are needed again."""
    judgement = _judge(promised(sli), requests(100, latency_s=latency_s), BEHIND)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert (
        "front/shop:80 spike fell behind its schedule (100 of 200 sent, 1 in 100 of them 3 s late or more)"
        in judgement.reason
    )
    assert judgement.more_samples == 29


@pytest.mark.parametrize("sli", [Sli.AVAILABILITY, Sli.ERRORS])
def test_a_load_that_fell_behind_excuses_no_refusal(promised: MakeObjective, requests: MakeRequests, sli: Sli) -> None:
    """To be asked late makes no service refuse: a refuted promise stays refuted, and the lag is told."""
    judgement = _judge(promised(sli), requests(100, Outcome.REFUSED), BEHIND)
    assert judgement.verdict is Verdict.FAIL
    assert "fell behind its schedule (100 of 200 sent" in judgement.reason
    assert "which does not excuse it" in judgement.reason


def test_another_links_load_may_fall_behind(promised: MakeObjective, requests: MakeRequests) -> None:
    """A late generator spoils the verdicts on its own link only."""
    other = LoadReport("back/shop:80", 200, 100, 100, 3.0, kept_up=False)
    assert _judge(promised(), requests(100), other).verdict is Verdict.PASS


@pytest.mark.parametrize("promise", list(Promise))
def test_the_reason_reads_as_a_sentence(promised: MakeObjective, requests: MakeRequests, promise: Promise) -> None:
    """A person reads what was proved, of what, and what was promised."""
    judgement = _judge(promised(Sli.LATENCY, 0.95, promise), requests(99) + requests(1, latency_s=4.0))
    assert judgement.reason == "at least 95.344 % of answers come within 1 s; 95 % is promised; p95 is 0.1 s"
