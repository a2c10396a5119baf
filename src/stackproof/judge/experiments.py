"""What became of each fault of a run: injected, shown to have bitten, healed.

A fault's events share their subject, the fault as it was asked for (``KIND TARGET key=value ...``). The evidence says
in its detail ``bit`` (``true`` or ``false``) and ``observed``; the injection may say ``id``, and the healing
``recovered_s``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from stackproof.model import Event, EventKind, FaultSpec, Verdict


@dataclass(frozen=True, slots=True)
class Experiment:
    """One fault, from its injection on.

    Attributes:
        id: The name it was given, or its place in the run.
        fault: What was asked for.
        injected_s: When, on the monotonic clock.
        healed_s: When it was healed; None where no healing was seen.
        bit: True where an independent observation saw it work.
        evidence: That observation, in words.
        detected_s: Seconds from the injection to that observation.
        recovered_s: Seconds from the healing to recovery, where that was measured.
        verdict: INCONCLUSIVE where it was not seen to bite, or not to be healed; what it did to promises is theirs.
    """

    id: str
    fault: FaultSpec
    injected_s: float
    healed_s: float | None
    bit: bool
    evidence: str
    detected_s: float | None
    recovered_s: float | None
    verdict: Verdict

    def holds_at(self, moment_s: float, settle_s: float = 0.0) -> bool:
        """True from the injection until ``settle_s`` after the healing."""
        return self.injected_s <= moment_s <= (inf if self.healed_s is None else self.healed_s + settle_s)


def experiments(events: Iterable[Event]) -> tuple[Experiment, ...]:
    """Every fault of a run, in the order of injection.

    Raises:
        FaultError: The subject of an injection is no fault.
    """
    in_order = sorted(events, key=lambda event: event.at_s)
    injections = [event for event in in_order if event.kind is EventKind.FAULT_INJECTED]
    return tuple(_experiment(place, event, _until_next(event, in_order)) for place, event in enumerate(injections, 1))


def _until_next(injection: Event, in_order: Sequence[Event]) -> list[Event]:
    """What followed an injection, up to the next one of the same fault."""
    after = in_order[in_order.index(injection) + 1 :]
    ours = [event for event in after if event.subject == injection.subject]
    kinds = [event.kind for event in ours]
    end = kinds.index(EventKind.FAULT_INJECTED) if EventKind.FAULT_INJECTED in kinds else len(ours)
    return ours[:end]


def _experiment(place: int, injection: Event, followed: Sequence[Event]) -> Experiment:
    evidence = [event for event in followed if event.kind is EventKind.FAULT_EVIDENCE]
    shown = next((event for event in evidence if event.detail.get("bit", "").lower() == "true"), None)
    healed = next((event for event in followed if event.kind is EventKind.FAULT_HEALED), None)
    fault = FaultSpec.parse(injection.subject)
    telling = shown or (evidence[-1] if evidence else None)
    return Experiment(
        id=injection.detail.get("id", f"{fault.kind}-{place}"),
        fault=fault,
        injected_s=injection.at_s,
        healed_s=healed.at_s if healed else None,
        bit=shown is not None,
        evidence=telling.detail.get("observed", "") if telling else "",
        detected_s=shown.at_s - injection.at_s if shown else None,
        recovered_s=_seconds(healed.detail.get("recovered_s")) if healed else None,
        verdict=Verdict.PASS if shown and healed else Verdict.INCONCLUSIVE,
    )


def _seconds(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
