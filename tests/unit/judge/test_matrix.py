from datetime import UTC, datetime

from stackproof.judge import experiments, matrix
from stackproof.model import Event, EventKind, Family, Verdict


def _event(kind: EventKind, at_s: float, subject: str, **detail: str) -> Event:
    return Event(kind, at_s, datetime.now(UTC), subject, detail)


def _experiment(at_s: float, fault: str, family: Family, *, bit: bool) -> list[Event]:
    return [
        _event(EventKind.FAULT_INJECTED, at_s, fault, family=family),
        _event(EventKind.FAULT_EVIDENCE, at_s, fault, bit=str(bit), observed="x"),
        _event(EventKind.FAULT_HEALED, at_s + 1, fault),
    ]


def test_each_pair_tells_what_was_tried_or_why_not() -> None:
    """A pair is its experiments and the worst of their verdicts, or a written reason, or an open question."""
    events = [
        *_experiment(1, "kill shop", Family.PROCESSES, bit=True),
        *_experiment(3, "freeze shop", Family.PROCESSES, bit=False),
        *_experiment(5, "latency net/bank:80 latency_ms=5", Family.LINKS, bit=True),
        *_experiment(7, "partition shop<->bank", Family.PACKETS, bit=True),
        _event(EventKind.EXEMPTED, 9, "bank", family=Family.RESOURCES, reason="it has no limits"),
    ]
    cells = {(each.service, each.family): each for each in matrix(("shop", "bank"), experiments(events), events)}
    assert len(cells) == 2 * len(Family)
    assert cells["shop", Family.PROCESSES].verdict is Verdict.INCONCLUSIVE
    assert str(cells["shop", Family.PROCESSES]) == "INCONCLUSIVE (kill, freeze)"
    assert str(cells["bank", Family.LINKS]) == "PASS (latency)"
    assert str(cells["bank", Family.PACKETS]) == str(cells["shop", Family.PACKETS]) == "PASS (partition)"
    assert str(cells["bank", Family.RESOURCES]) == "exempt: it has no limits"
    assert str(cells["shop", Family.LINKS]) == "not tried"
