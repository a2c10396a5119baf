"""What became of each fault of a run: injected, confirmed by evidence, healed, and what an experiment claimed of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from stackproof.model import (
    Event,
    Evidence,
    ExperimentEnded,
    Family,
    FaultHealed,
    FaultInjected,
    FaultObserved,
    FaultSpec,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A stretch of time in which a fault was held, whether on its own or as part of a schedule.

    Attributes:
        from_s: Its begin, on the monotonic clock.
        to_s: Its end; infinity if no healing was recorded.
    """

    from_s: float
    to_s: float

    def holds_at(self, moment_s: float, settle_s: float = 0.0) -> bool:
        """True from the injection until ``settle_s`` after the healing."""
        return self.from_s <= moment_s <= self.to_s + settle_s


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """One fault, from its injection on.

    Attributes:
        injection: Id of the injection.
        name: Name in the report: the one it was given, or its kind and its number in the run.
        fault: The fault.
        injected_s: When it was injected, on the monotonic clock.
        healed_s: When it was healed; None if no healing was recorded.
        evidence: The observation that confirmed it, or else the last one; None if none was recorded.
        detected_s: Seconds from the injection to the first sign: a probe that turned or a request that failed, or else
            the observation that confirmed it.
        recovered_s: Seconds from the healing until the steady state was back, if that was measured.
        verdict: That of the experiment; PASS if there was none. INCONCLUSIVE if the fault was not confirmed, not
            healed, or healed by its bound, whatever the experiment says.
        family: Its family; None in records that do not have it.
        detected_by: What gave the first sign, in words.
        reason: Why the experiment's claim did not hold; empty if it did.
        healing_took_s: How long the healing took, in seconds: meanwhile the fault may already have no effect.
    """

    injection: str
    name: str
    fault: FaultSpec
    injected_s: float
    healed_s: float | None
    evidence: Evidence | None
    detected_s: float | None
    recovered_s: float | None
    verdict: Verdict
    family: Family | None = None
    detected_by: str = ""
    reason: str = ""
    healing_took_s: float = 0.0

    @property
    def confirmed(self) -> bool:
        """True if an independent observation saw it take effect."""
        return self.evidence is not None and self.evidence.confirmed

    @property
    def observed(self) -> str:
        """What its evidence saw, in words; empty without evidence."""
        return self.evidence.observed if self.evidence else ""

    @property
    def disturbance(self) -> Disturbance:
        """When it was held."""
        return Disturbance(self.injected_s, inf if self.healed_s is None else self.healed_s)


@dataclass(frozen=True, slots=True)
class FaultNotInjected:
    """A fault of an experiment that was never injected.

    Attributes:
        fault: The fault.
        verdict: The experiment's verdict, but never PASS.
        reason: Why not.
    """

    fault: FaultSpec
    verdict: Verdict
    reason: str


def fault_records(events: Iterable[Event]) -> tuple[FaultRecord, ...]:
    """Every fault of a run in the order of injection; parts of schedules, whose effect is not judged, are left out."""
    history = _FaultEvents.of(events)
    injections = [each for each in history.injected if not each.part_of]
    return tuple(history.record(place, each) for place, each in enumerate(injections, 1))


def faults_not_injected(events: Iterable[Event]) -> tuple[FaultNotInjected, ...]:
    """Faults of experiments that ended before they were injected, in the order of time."""
    in_order = _in_order(events)
    injected = {each.injection for each in in_order if isinstance(each, FaultInjected)}
    return tuple(
        FaultNotInjected(planned.fault, Verdict.worst((Verdict.INCONCLUSIVE, ended.verdict)), ended.reason)
        for ended in in_order
        if isinstance(ended, ExperimentEnded)
        for planned in ended.faults
        if planned.injection not in injected
    )


def disturbances(events: Iterable[Event]) -> tuple[Disturbance, ...]:
    """Every stretch of time in which a fault was held, in the order of injection; parts of schedules too."""
    history = _FaultEvents.of(events)
    return tuple(Disturbance(each.at_s, history.healed_s(each)) for each in history.injected)


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.at_s)


@dataclass(frozen=True, slots=True)
class _FaultEvents:
    """The events of faults, by the id of the injection."""

    injected: Sequence[FaultInjected]
    observed: Mapping[str, Sequence[FaultObserved]]
    healed: Mapping[str, FaultHealed]
    ended: Mapping[str, ExperimentEnded]

    @classmethod
    def of(cls, events: Iterable[Event]) -> "_FaultEvents":
        injected: list[FaultInjected] = []
        observed: dict[str, list[FaultObserved]] = defaultdict(list)
        healed: dict[str, FaultHealed] = {}
        ended: dict[str, ExperimentEnded] = {}
        for event in _in_order(events):
            match event:
                case FaultInjected():
                    injected.append(event)
                case FaultObserved():
                    observed[event.injection].append(event)
                case FaultHealed():
                    healed.setdefault(event.injection, event)
                case ExperimentEnded():
                    for planned in event.faults:
                        ended.setdefault(planned.injection, event)
        return cls(injected, observed, healed, ended)

    def healed_s(self, injection: FaultInjected) -> float:
        """When a fault was healed; infinity if that was not recorded."""
        healed = self.healed.get(injection.injection)
        return healed.at_s if healed else inf

    def record(self, place: int, injection: FaultInjected) -> FaultRecord:
        """What became of a fault, the so many-th of the run."""
        observed = self.observed.get(injection.injection, ())
        confirmation = next((each for each in observed if each.evidence.confirmed), None)
        telling = confirmation or (observed[-1] if observed else None)
        healed, ended = self.healed.get(injection.injection), self.ended.get(injection.injection)
        sign = ended.first_sign if ended else None
        confirmed_s = confirmation.at_s - injection.at_s if confirmation else None
        return FaultRecord(
            injection=injection.injection,
            name=injection.name or f"{injection.fault.kind}-{place}",
            fault=injection.fault,
            injected_s=injection.at_s,
            healed_s=healed.at_s if healed else None,
            evidence=telling.evidence if telling else None,
            detected_s=sign.after_s if sign else confirmed_s,
            recovered_s=ended.recovered_s if ended else None,
            verdict=_verdict(confirmation, healed, ended),
            family=injection.family,
            detected_by=sign.seen_by if sign else "",
            reason=_reason(healed, ended),
            healing_took_s=healed.took_s if healed else 0.0,
        )


def _verdict(confirmation: FaultObserved | None, healed: FaultHealed | None, ended: ExperimentEnded | None) -> Verdict:
    if confirmation is None or healed is None or healed.bound_s is not None:
        return Verdict.INCONCLUSIVE
    return ended.verdict if ended else Verdict.PASS


def _reason(healed: FaultHealed | None, ended: ExperimentEnded | None) -> str:
    if healed is not None and healed.bound_s is not None:
        return f"it was healed by its bound of {healed.bound_s:g} s, not by the test"
    return ended.reason if ended else ""
