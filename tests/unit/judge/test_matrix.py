from datetime import UTC, datetime

from stackproof.judge import fault_records, matrix
from stackproof.model import (
    Event,
    Evidence,
    Family,
    FamilyExempted,
    FaultHealed,
    FaultInjected,
    FaultObserved,
    FaultSpec,
    Verdict,
)

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def _fault(at_s: float, text: str, family: Family, *, confirmed: bool) -> list[Event]:
    return [
        FaultInjected(at_s, NOW, text, FaultSpec.parse(text), family),
        FaultObserved(at_s, NOW, text, Evidence(confirmed, "x")),
        FaultHealed(at_s + 1, NOW, text),
    ]


def test_each_pair_shows_what_was_tried_or_why_not() -> None:
    """A pair is its faults and the worst of their verdicts, or a written reason, or an open question."""
    events = [
        *_fault(1, "kill shop", Family.PROCESSES, confirmed=True),
        *_fault(3, "freeze shop", Family.PROCESSES, confirmed=False),
        *_fault(5, "latency net/bank:80 latency_ms=5", Family.LINKS, confirmed=True),
        *_fault(7, "partition shop<->bank", Family.PACKETS, confirmed=True),
        FamilyExempted(9, NOW, "bank", Family.RESOURCES, "it has no limits"),
    ]
    cells = {(each.service, each.family): each for each in matrix(("shop", "bank"), fault_records(events), events)}
    assert len(cells) == 2 * len(Family)
    assert cells["shop", Family.PROCESSES].verdict is Verdict.INCONCLUSIVE
    assert str(cells["shop", Family.PROCESSES]) == "INCONCLUSIVE (kill, freeze)"
    assert str(cells["bank", Family.LINKS]) == "PASS (latency)"
    assert str(cells["bank", Family.PACKETS]) == str(cells["shop", Family.PACKETS]) == "PASS (partition)"
    assert str(cells["bank", Family.RESOURCES]) == "exempt: it has no limits"
    assert str(cells["shop", Family.LINKS]) == "not tried"
