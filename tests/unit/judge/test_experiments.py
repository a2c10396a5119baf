"""What became of each fault is told from its events."""

from datetime import UTC, datetime

import pytest

from stackproof.judge import disturbances, experiments
from stackproof.model import Event, EventKind, FaultError, FaultSpec, Verdict

SLOW = "latency front/shop:80 latency_ms=1500"
DOWN = "down back/bank:443"


def _event(kind: EventKind, at_s: float, subject: str = SLOW, **detail: str) -> Event:
    return Event(kind, at_s, datetime.now(UTC), subject, detail)


INJECTED, HEALED = _event(EventKind.FAULT_INJECTED, 10, family="links"), _event(EventKind.FAULT_HEALED, 30)
BIT = _event(EventKind.FAULT_EVIDENCE, 12, bit="true", observed="1.51 s instead of 0.01 s")
UNBITTEN = _event(EventKind.FAULT_EVIDENCE, 11, bit="false", observed="0.01 s as before")


def test_a_fault_that_bit_and_was_healed() -> None:
    """The whole story of a fault: what, when, how it showed, how long recovery took."""
    (told,) = experiments([INJECTED, UNBITTEN, BIT, HEALED])
    assert told.fault == FaultSpec("latency", "front/shop:80", {"latency_ms": "1500"})
    assert (told.id, told.injected_s, told.healed_s) == ("latency-1", 10, 30)
    assert (told.confirmed, told.evidence) == (True, "1.51 s instead of 0.01 s")
    assert (told.detected_s, told.recovered_s, told.family) == (2, None, "links")
    assert told.verdict is Verdict.PASS


def _claimed(verdict: str, reason: str = "") -> Event:
    return _event(
        EventKind.EXPERIMENT,
        33,
        verdict=verdict,
        reason=reason,
        detected_s="0.5",
        detected_by="shop",
        recovered_s="1.5",
    )


def test_a_claim_that_was_made_under_a_fault_decides_its_verdict() -> None:
    """With a claim, the first sign and the recovery are known, and the fault's verdict is the claim's."""
    (told,) = experiments([INJECTED, BIT, HEALED, _claimed("FAIL", "the shop hung")])
    assert (told.detected_s, told.detected_by, told.recovered_s) == (0.5, "shop", 1.5)
    assert (told.verdict, told.reason) == (Verdict.FAIL, "the shop hung")


@pytest.mark.parametrize("events", [[INJECTED, UNBITTEN, HEALED], [INJECTED, BIT]])
def test_a_claim_that_held_under_no_fault_proves_nothing(events: list[Event]) -> None:
    """Where the fault did not bite, or was not healed, no claim makes it a PASS."""
    (told,) = experiments([*events, _claimed("PASS")])
    assert told.verdict is Verdict.INCONCLUSIVE


def test_a_fault_that_did_not_bite_proves_nothing() -> None:
    """A promise that held while the fault did nothing is not a promise that holds under the fault."""
    (told,) = experiments([INJECTED, UNBITTEN, HEALED])
    assert told.verdict is Verdict.INCONCLUSIVE
    assert told.evidence == "0.01 s as before"
    assert told.detected_s is None


@pytest.mark.parametrize("events", [[INJECTED, HEALED], [INJECTED, BIT]])
def test_a_fault_without_evidence_or_healing_proves_nothing(events: list[Event]) -> None:
    """Evidence that is missing is no evidence; a fault that nobody saw healed may still be there."""
    (told,) = experiments(events)
    assert told.verdict is Verdict.INCONCLUSIVE


def test_a_fault_that_its_bound_healed_proves_nothing() -> None:
    """A test that forgot its fault did not see what it claims under it."""
    healed = _event(EventKind.FAULT_HEALED, 30, by="its bound of 600 s")
    (told,) = experiments([INJECTED, BIT, healed, _claimed("PASS")])
    assert (told.verdict, told.reason) == (Verdict.INCONCLUSIVE, "it was healed by its bound of 600 s, not by the test")


def test_faults_are_kept_apart() -> None:
    """Two faults at once, and one of them twice, are three experiments with their own ends."""
    other = [_event(EventKind.FAULT_INJECTED, 11, DOWN, id="cut"), _event(EventKind.FAULT_HEALED, 40, DOWN)]
    again = [_event(EventKind.FAULT_INJECTED, 50), _event(EventKind.FAULT_HEALED, 60)]
    told = experiments([*again, *other, INJECTED, BIT, HEALED])
    assert [(each.id, each.injected_s, each.healed_s) for each in told] == [
        ("latency-1", 10, 30),
        ("cut", 11, 40),
        ("latency-3", 50, 60),
    ]
    assert [each.verdict for each in told] == [Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE]


def test_a_fault_holds_from_injection_until_it_is_healed() -> None:
    """What happens while a fault is held, and while it settles, is put down to it; without a healing, to the end."""
    (told,) = disturbances([INJECTED, BIT, HEALED])
    assert [told.holds_at(moment_s, settle_s=5) for moment_s in (9.9, 10, 30, 35, 35.1)] == [False, *[True] * 3, False]
    (unhealed,) = disturbances([INJECTED])
    assert unhealed.holds_at(1e9)


def test_a_part_of_something_larger_is_no_experiment_but_disturbs() -> None:
    """Faults of a random schedule are not asked to bite; what probes say meanwhile is put down to them all the same."""
    part = _event(EventKind.FAULT_INJECTED, 10, part_of="schedule 1")
    assert experiments([part, HEALED]) == ()
    assert disturbances([part, HEALED])[0].holds_at(20)


def test_a_fault_without_a_name_is_refused() -> None:
    """A record that does not say what was injected cannot be judged."""
    with pytest.raises(FaultError, match="KIND TARGET"):
        experiments([_event(EventKind.FAULT_INJECTED, 1, "")])


def test_a_sign_at_once_is_a_sign() -> None:
    """Zero seconds until the first sign is a time like others, and not a missing one."""
    claim = _event(EventKind.EXPERIMENT, 33, verdict="PASS", reason="", detected_s="0.000", detected_by="shop")
    (told,) = experiments([INJECTED, BIT, HEALED, claim])
    assert told.detected_s == 0
