"""What became of each fault is read from its events."""

from datetime import UTC, datetime

import pytest

from stackproof.judge import disturbances, fault_records
from stackproof.model import (
    Event,
    Evidence,
    ExperimentEnded,
    Family,
    FaultHealed,
    FaultInjected,
    FaultObserved,
    FaultSpec,
    FirstSign,
    PlannedFault,
    Verdict,
)

SLOW = FaultSpec("latency", "front/shop:80", {"latency_ms": "1500"})
DOWN = FaultSpec("down", "back/bank:443")
NOW = datetime(2026, 1, 2, tzinfo=UTC)

INJECTED, HEALED = FaultInjected(10, NOW, "a", SLOW, Family.LINKS), FaultHealed(30, NOW, "a")
CONFIRMED = FaultObserved(12, NOW, "a", Evidence(confirmed=True, observed="1.51 s instead of 0.01 s"))
UNCONFIRMED = FaultObserved(11, NOW, "a", Evidence(confirmed=False, observed="0.01 s as before"))


def test_a_fault_that_was_confirmed_and_healed() -> None:
    """The whole story of a fault: what, when, how it showed, how long recovery took."""
    (fault,) = fault_records([INJECTED, UNCONFIRMED, CONFIRMED, HEALED])
    assert fault.fault == SLOW
    assert (fault.name, fault.injected_s, fault.healed_s) == ("latency-1", 10, 30)
    assert (fault.confirmed, fault.observed) == (True, "1.51 s instead of 0.01 s")
    assert (fault.detected_s, fault.recovered_s, fault.family) == (2, None, Family.LINKS)
    assert fault.verdict is Verdict.PASS


def _ended(verdict: Verdict, reason: str = "", sign_s: float = 0.5) -> ExperimentEnded:
    return ExperimentEnded(33, NOW, (PlannedFault("a", SLOW),), verdict, reason, FirstSign(sign_s, "shop"), 1.5)


def test_an_experiment_decides_the_verdict_of_its_fault() -> None:
    """With an experiment, the first sign and the recovery are known, and the fault's verdict is the experiment's."""
    (fault,) = fault_records([INJECTED, CONFIRMED, HEALED, _ended(Verdict.FAIL, "the shop hung")])
    assert (fault.detected_s, fault.detected_by, fault.recovered_s) == (0.5, "shop", 1.5)
    assert (fault.verdict, fault.reason) == (Verdict.FAIL, "the shop hung")


@pytest.mark.parametrize("events", [[INJECTED, UNCONFIRMED, HEALED], [INJECTED, CONFIRMED]])
def test_a_claim_that_held_without_a_fault_proves_nothing(events: list[Event]) -> None:
    """If the fault was not confirmed, or not healed, no experiment makes it a PASS."""
    (fault,) = fault_records([*events, _ended(Verdict.PASS)])
    assert fault.verdict is Verdict.INCONCLUSIVE


def test_a_fault_that_was_not_confirmed_proves_nothing() -> None:
    """A promise that held while the fault did nothing is not a promise that holds under the fault."""
    (fault,) = fault_records([INJECTED, UNCONFIRMED, HEALED])
    assert fault.verdict is Verdict.INCONCLUSIVE
    assert fault.observed == "0.01 s as before"
    assert fault.detected_s is None


@pytest.mark.parametrize("events", [[INJECTED, HEALED], [INJECTED, CONFIRMED]])
def test_a_fault_without_evidence_or_healing_proves_nothing(events: list[Event]) -> None:
    """Missing evidence is not evidence; a fault whose healing nobody recorded may still be there."""
    (fault,) = fault_records(events)
    assert fault.verdict is Verdict.INCONCLUSIVE


def test_a_fault_that_its_bound_healed_proves_nothing() -> None:
    """A test that forgot its fault did not observe what it claims under it."""
    healed = FaultHealed(30, NOW, "a", bound_s=600.0)
    (fault,) = fault_records([INJECTED, CONFIRMED, healed, _ended(Verdict.PASS)])
    assert fault.verdict is Verdict.INCONCLUSIVE
    assert fault.reason == "it was healed by its bound of 600 s, not by the test"


def test_faults_are_kept_apart() -> None:
    """Two faults at once, and one of them twice, are three faults with their own ends."""
    other = [FaultInjected(11, NOW, "b", DOWN, name="cut"), FaultHealed(40, NOW, "b")]
    again = [FaultInjected(50, NOW, "c", SLOW), FaultHealed(60, NOW, "c")]
    faults = fault_records([*again, *other, INJECTED, CONFIRMED, HEALED])
    assert [(each.name, each.injected_s, each.healed_s) for each in faults] == [
        ("latency-1", 10, 30),
        ("cut", 11, 40),
        ("latency-3", 50, 60),
    ]
    assert [each.verdict for each in faults] == [Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE]


def test_the_same_fault_twice_at_once_is_two_faults() -> None:
    """The evidence of one does not confirm the other, though both have the same text."""
    twin = FaultInjected(10, NOW, "twin", SLOW)
    first, second = fault_records([INJECTED, twin, CONFIRMED, HEALED])
    assert (first.verdict, second.verdict) == (Verdict.PASS, Verdict.INCONCLUSIVE)


def test_a_fault_holds_from_injection_until_it_is_healed() -> None:
    """What happens while a fault is held, and while it settles, is due to it; without a healing, to the end."""
    (disturbance,) = disturbances([INJECTED, CONFIRMED, HEALED])
    held = [disturbance.holds_at(moment_s, settle_s=5) for moment_s in (9.9, 10, 30, 35, 35.1)]
    assert held == [False, *[True] * 3, False]
    (unhealed,) = disturbances([INJECTED])
    assert unhealed.holds_at(1e9)


def test_a_part_of_a_schedule_is_not_judged_but_disturbs() -> None:
    """Faults of a random schedule need no evidence; what probes say meanwhile is due to them all the same."""
    part = FaultInjected(10, NOW, "a", SLOW, part_of="schedule 1")
    assert fault_records([part, HEALED]) == ()
    assert disturbances([part, HEALED])[0].holds_at(20)


def test_a_sign_at_once_is_a_sign() -> None:
    """Zero seconds until the first sign is a time like others, and not a missing one."""
    (fault,) = fault_records([INJECTED, CONFIRMED, HEALED, _ended(Verdict.PASS, sign_s=0.0)])
    assert fault.detected_s == 0
