"""A run with a little of everything, to report on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from stackproof.history import Header, Recorded
from stackproof.judge import RunJudgement, judge_run
from stackproof.model import (
    CheckResult,
    Evidence,
    FaultHealed,
    FaultInjected,
    FaultObserved,
    FaultSpec,
    Location,
    Objective,
    Outcome,
    ProbeKind,
    ProbeReading,
    Profile,
    Promise,
    RunEnded,
    Sample,
    Service,
    Sli,
    Stack,
    Verdict,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LINK = "front/shop:80"
FAULT = "latency front/shop:80 latency_ms=1500"


def _objective(promise: Promise, sli: Sli, target: float, threshold_s: float | None = None) -> Objective:
    where = Location(Path("slo/shop.yaml"), 4)
    return Objective(f"{promise}-shop-{sli}", promise, "shop", sli, target, threshold_s, LINK, where)


OBJECTIVES = (
    _objective(Promise.SLA, Sli.AVAILABILITY, 0.999),
    _objective(Promise.SLA, Sli.LATENCY, 0.95, 1.0),
    _objective(Promise.SLO, Sli.ERRORS, 0.9999),
    _objective(Promise.SLO, Sli.LATENCY, 0.95, 0.5),
)


def _sample(number: int) -> Sample:
    """Every second 100 requests, the 31st second's slow; one in 1000 is rejected."""
    at_s = 100 + number / 100
    slow = 130 <= at_s < 160
    outcome = Outcome.REJECTED if number % 1000 == 999 else Outcome.OK
    return Sample(f"{LINK} normal", at_s, at_s, at_s + (1.5 if slow else 0.02), outcome)


@pytest.fixture(scope="session")
def recorded() -> Recorded:
    """A run of a minute, with a fault in its second half."""
    stack = Stack("market", Path("compose.yaml"), services=(Service("shop", ("front",), (80,)),))
    kinds = (ProbeKind.LIVENESS, ProbeKind.READINESS)
    return Recorded(
        header=Header("sla-20260102-030405-ab12", stack, OBJECTIVES, NOW, 95.0, Profile.QUICK),
        events=(
            FaultInjected(130, NOW, "a", FaultSpec.parse(FAULT)),
            FaultObserved(131.25, NOW, "a", Evidence(confirmed=True, observed="1.5 s instead of 0.02 s")),
            FaultHealed(160, NOW, "a"),
            RunEnded(165, NOW),
        ),
        samples=tuple(_sample(number) for number in range(6000)),
        readings=tuple(ProbeReading("shop", kind, 101.0, 0.0125, ok=True, detail="200") for kind in kinds),
        checks=(CheckResult("test_a", Verdict.PASS),),
    )


@pytest.fixture(scope="session")
def judgement(recorded: Recorded) -> RunJudgement:
    """Its judgement."""
    return judge_run(recorded, Profile.QUICK)
