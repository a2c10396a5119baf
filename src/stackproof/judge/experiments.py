"""What became of each fault of a run: injected, shown to have bitten, healed.

A fault's events share their subject, the fault as it was asked for (``KIND TARGET key=value ...``). The injection says
its ``family`` and may say an ``id``; the evidence says ``bit`` (``true`` or ``false``) and ``observed``. Where a claim
was made, an event of it follows the healing: ``verdict`` and ``reason`` of the claim, ``detected_s`` and
``detected_by``, ``recovered_s``. A healing that no test asked for says ``by`` what it was done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from stackproof.model import Event, EventKind, FaultSpec, Verdict


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A stretch of time in which any fault was held, be it an experiment's or part of something larger.

    Attributes:
        from_s: From when, on the monotonic clock.
        to_s: Until when; infinity where no healing was seen.
    """

    from_s: float
    to_s: float

    def holds_at(self, moment_s: float, settle_s: float = 0.0) -> bool:
        """True from the injection until ``settle_s`` after the healing."""
        return self.from_s <= moment_s <= self.to_s + settle_s


@dataclass(frozen=True, slots=True)
class Experiment:
    """One fault, from its injection on.

    Attributes:
        id: The name it was given, or its place in the run.
        fault: What was asked for.
        injected_s: When, on the monotonic clock.
        healed_s: When it was healed; None where no healing was seen.
        confirmed: True where an independent observation saw it work.
        evidence: That observation, in words.
        detected_s: Seconds from the injection to the first sign of it: a probe that turned, a request that failed, or
            else that observation.
        recovered_s: Seconds from the healing until all was well, where that was measured.
        verdict: That of the claim that was made under it, where one was; INCONCLUSIVE where it was not seen to bite, or
            not to be healed, whatever the claim says.
        family: What it works on.
        detected_by: What gave the first sign, in words.
        reason: Why the claim did not hold; empty where it did.
        healing_took_s: How long its healing took, in seconds: meanwhile it may work no more.
    """

    id: str
    fault: FaultSpec
    injected_s: float
    healed_s: float | None
    confirmed: bool
    evidence: str
    detected_s: float | None
    recovered_s: float | None
    verdict: Verdict
    family: str = ""
    detected_by: str = ""
    reason: str = ""
    healing_took_s: float = 0.0

    @property
    def disturbance(self) -> Disturbance:
        """When it was held."""
        return Disturbance(self.injected_s, inf if self.healed_s is None else self.healed_s)


def experiments(events: Iterable[Event]) -> tuple[Experiment, ...]:
    """Every fault of a run that was asked to bite, in the order of injection; parts of larger things are not.

    Raises:
        FaultError: The subject of an injection is no fault.
    """
    in_order = sorted(events, key=lambda event: event.at_s)
    injections = [
        event for event in in_order if event.kind is EventKind.FAULT_INJECTED and "part_of" not in event.detail
    ]
    return tuple(_experiment(place, event, _until_next(event, in_order)) for place, event in enumerate(injections, 1))


def unheld(events: Iterable[Event]) -> tuple[Event, ...]:
    """Verdicts on experiments that never came to inject their fault, be it known or not; of each, the event."""
    injected: set[str] = set()
    found: list[Event] = []
    for event in sorted(events, key=lambda event: event.at_s):
        if event.kind is EventKind.FAULT_INJECTED:
            injected.add(event.subject)
        elif event.kind is EventKind.EXPERIMENT and event.subject in injected:
            injected.remove(event.subject)
        elif event.kind is EventKind.EXPERIMENT:
            found.append(event)
    return tuple(found)


def disturbances(events: Iterable[Event]) -> tuple[Disturbance, ...]:
    """Every stretch of time in which a fault was held, in the order of injection."""
    in_order = sorted(events, key=lambda event: event.at_s)
    return tuple(
        Disturbance(event.at_s, _healed_s(event, in_order))
        for event in in_order
        if event.kind is EventKind.FAULT_INJECTED
    )


def _healed_s(injection: Event, in_order: Sequence[Event]) -> float:
    followed = _until_next(injection, in_order)
    return next((event.at_s for event in followed if event.kind is EventKind.FAULT_HEALED), inf)


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
    claim = next((event.detail for event in followed if event.kind is EventKind.EXPERIMENT), None) or {}
    fault = FaultSpec.parse(injection.subject)
    telling = shown or (evidence[-1] if evidence else None)
    bounded = healed.detail.get("by", "") if healed else ""
    seen_s = shown.at_s - injection.at_s if shown else None
    detected_s = _seconds(claim.get("detected_s"))
    return Experiment(
        id=injection.detail.get("id", f"{fault.kind}-{place}"),
        fault=fault,
        injected_s=injection.at_s,
        healed_s=healed.at_s if healed else None,
        healing_took_s=_seconds(healed.detail.get("took_s")) or 0.0 if healed else 0.0,
        confirmed=shown is not None,
        evidence=telling.detail.get("observed", "") if telling else "",
        detected_s=seen_s if detected_s is None else detected_s,
        recovered_s=_seconds(claim.get("recovered_s")),
        verdict=verdict_of(claim.get("verdict")) if shown and healed and not bounded else Verdict.INCONCLUSIVE,
        family=injection.detail.get("family", ""),
        detected_by=claim.get("detected_by", ""),
        reason=f"it was healed by {bounded}, not by the test" if bounded else claim.get("reason", ""),
    )


def verdict_of(text: str | None) -> Verdict:
    """The claim's verdict; where none was made, to have bitten and been healed is all."""
    try:
        return Verdict(text or Verdict.PASS)
    except ValueError:
        return Verdict.INCONCLUSIVE


def _seconds(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
