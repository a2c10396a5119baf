"""A probe must be quick and true."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from stackproof.judge import disturbances, judge_probes
from stackproof.model import Event, FaultHealed, FaultInjected, FaultSpec, ProbeKind, ProbeReading, Verdict


def _asked(
    *answers: tuple[float, str, str], kind: ProbeKind = ProbeKind.LIVENESS, took_s: float = 0.01
) -> list[ProbeReading]:
    """Readings from (time, yes or no, the engine's state)."""
    return [ProbeReading("shop", kind, at_s, took_s, said == "yes", said, engine) for at_s, said, engine in answers]


def _verdict(readings: Sequence[ProbeReading], *events: Event) -> Verdict:
    (judgement,) = judge_probes(readings, disturbances(events))
    return judgement.verdict


def test_a_probe_that_agrees_with_the_engine_passes() -> None:
    """Yes while it is up, no while it is down, and no contradiction while the engine reports nothing."""
    readings = _asked((0, "no", "starting"), (1, "yes", "healthy"), (2, "no", "exited"), (3, "yes", "running"))
    assert _verdict(readings) is Verdict.PASS


@pytest.mark.parametrize("state", ["exited", "paused", "dead"])
def test_a_probe_that_always_says_yes_is_caught(state: str) -> None:
    """Answering yes for a container that is down is a lie."""
    (judgement,) = judge_probes(_asked((0, "yes", "healthy"), (1, "yes", state), (9, "yes", state)))
    assert judgement.verdict is Verdict.FAIL
    assert f"it said yes (yes) for 8.01 s while the engine said {state}" in judgement.detail


def test_a_change_may_take_5_seconds_to_be_seen() -> None:
    """The engine and a probe notice at different moments: up to 5 s of contradiction is not a lie."""
    before, after = (0, "yes", "healthy"), (20, "no", "exited")
    assert _verdict(_asked(before, (1, "yes", "exited"), (5, "yes", "exited"), after)) is Verdict.PASS
    assert _verdict(_asked(before, (1, "yes", "exited"), (7, "yes", "exited"), after)) is Verdict.FAIL


def test_a_contradiction_that_is_never_resolved_counts_at_once() -> None:
    """The last answer of a probe must be true: no later one corrected it."""
    assert _verdict(_asked((0, "yes", "healthy"), (1, "yes", "exited"))) is Verdict.FAIL


@pytest.mark.parametrize(("kind", "verdict"), [(ProbeKind.LIVENESS, Verdict.FAIL), (ProbeKind.READINESS, Verdict.PASS)])
def test_readiness_may_say_no_in_a_healthy_container(kind: ProbeKind, verdict: Verdict) -> None:
    """Readiness covers what a service depends on, liveness the service alone."""
    readings = _asked((0, "no", "healthy"), (9, "no", "healthy"), (10, "yes", "healthy"), kind=kind)
    assert _verdict(readings) is verdict


@pytest.mark.parametrize(("kind", "verdict"), [(ProbeKind.LIVENESS, Verdict.PASS), (ProbeKind.READINESS, Verdict.FAIL)])
def test_an_unhealthy_service_is_not_ready(kind: ProbeKind, verdict: Verdict) -> None:
    """A service that is unhealthy to the engine may be alive, and must not say that it is ready."""
    readings = _asked((0, "yes", "unhealthy"), (9, "yes", "unhealthy"), (10, "yes", "healthy"), kind=kind)
    assert _verdict(readings) is verdict


def test_a_last_yes_may_come_before_the_engines_next_check() -> None:
    """The engine checks every few seconds: a service that is ready again may still be unhealthy to it."""
    readings = _asked((0, "no", "unhealthy"), (9, "yes", "unhealthy"), kind=ProbeKind.READINESS)
    assert _verdict(readings) is Verdict.PASS
    assert _verdict([*readings, *_asked((15, "yes", "unhealthy"), kind=ProbeKind.READINESS)]) is Verdict.FAIL


def test_contradictions_before_and_after_a_fault_are_two() -> None:
    """A short contradiction before a fault and one after it do not add up: the time between is excused."""
    readings = _asked((9, "no", "healthy"), (15, "no", "healthy"), (26, "no", "healthy"), (27, "yes", "healthy"))
    assert _verdict(readings, *_fault(10, 20)) is Verdict.PASS


@pytest.mark.parametrize("engine", ["healthy", "running", "unhealthy", ""])
@pytest.mark.parametrize("kind", list(ProbeKind))
def test_no_probe_may_end_with_no(kind: ProbeKind, engine: str) -> None:
    """A run ends with every probe saying yes, or the one that does not fails it."""
    (judgement,) = judge_probes(_asked((0, "yes", engine), (1, "no", engine), kind=kind))
    assert judgement.verdict is Verdict.FAIL
    assert ";" not in judgement.detail


def test_a_slow_answer_fails_a_probe() -> None:
    """All probes answer within 5 s; the detail says how long the slowest took."""
    (judgement,) = judge_probes(_asked((0, "yes", "healthy")) + _asked((1, "yes", "healthy"), took_s=5.2))
    assert judgement.verdict is Verdict.FAIL
    assert judgement.worst_s == 5.2
    assert judgement.detail == "1 of 2 answers took longer than 5 s, one 5.2 s (yes)"


def test_a_question_that_meets_the_healing_may_take_its_time() -> None:
    """A service that was just started is asked before it listens, and TCP retries only seconds later."""
    before, after = _asked((1, "yes", "healthy")), _asked((40, "yes", "healthy"))

    def slow(at_s: float) -> list[ProbeReading]:
        return [*before, *_asked((at_s, "no", "healthy"), took_s=5.1), *after]

    assert _verdict(slow(20.1), *_fault(10, 20)) is Verdict.PASS
    assert _verdict(slow(18.0), *_fault(10, 20)) is Verdict.PASS
    assert _verdict(slow(12.0), *_fault(10, 20)) is Verdict.FAIL, "under a fault, too, a probe answers in time"
    assert _verdict(slow(26.0), *_fault(10, 20)) is Verdict.FAIL


def test_a_paused_container_need_not_answer() -> None:
    """A timeout is the right answer of a container that is paused."""
    readings = _asked((0, "yes", "healthy")) + _asked((1, "no", "paused"), took_s=5.2) + _asked((9, "yes", "healthy"))
    assert _verdict(readings) is Verdict.PASS


def _fault(injected_s: float, healed_s: float) -> tuple[Event, ...]:
    now = datetime.now(UTC)
    return (
        FaultInjected(injected_s, now, "a", FaultSpec("down", "front/shop:80")),
        FaultHealed(healed_s, now, "a"),
    )


def test_a_fault_excuses_what_it_cuts() -> None:
    """While a link is down, and 5 s after, its service may well be healthy and out of reach."""
    readings = _asked((1, "yes", "healthy"), (11, "no", "healthy"), (20, "no", "healthy"), (24, "no", "healthy"))
    assert _verdict(readings, *_fault(10, 20)) is Verdict.PASS
    assert _verdict(readings, *_fault(10, 18)) is Verdict.FAIL
    assert _verdict(readings) is Verdict.FAIL


def test_each_probe_of_each_service_is_judged_by_itself() -> None:
    """One judgement for each service and kind, in order."""
    kinds = (ProbeKind.READINESS, ProbeKind.LIVENESS)
    readings = [ProbeReading(name, kind, 0, 0.1, ok=True, detail="200") for name in ("shop", "bank") for kind in kinds]
    judged = [(each.service, each.kind, each.n) for each in judge_probes(readings)]
    assert judged == [
        ("bank", ProbeKind.LIVENESS, 1),
        ("bank", ProbeKind.READINESS, 1),
        ("shop", ProbeKind.LIVENESS, 1),
        ("shop", ProbeKind.READINESS, 1),
    ]
