"""Experiments to describe and to draw, with as little as a claim needs."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from stackproof.history import Header, Recorded
from stackproof.judge import fault_records
from stackproof.model import (
    ContainerChanged,
    Event,
    Evidence,
    ExperimentEnded,
    FaultHealed,
    FaultInjected,
    FaultObserved,
    FaultSpec,
    FirstSign,
    Outcome,
    PlannedFault,
    ProbeKind,
    ProbeReading,
    Sample,
    Stack,
    Verdict,
)
from stackproof.report.experiment_scene import ExperimentScene

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
INJECTED_S = 1000.0
FAULT = "kill mime-server"
LINK = "back/mime-server:65432"
CONFIRMED = Evidence(confirmed=True, observed="the engine says exited with code 137")


def moment(at_s: float) -> tuple[float, datetime]:
    """A moment, in seconds since the injection: the first two fields of an event."""
    return INJECTED_S + at_s, NOW


def fault(
    text: str = FAULT,
    at_s: float = 0.0,
    *,
    healed_s: float | None = 3.0,
    evidence: Evidence | None = CONFIRMED,
    ended: Callable[[PlannedFault, float], ExperimentEnded] | None = None,
) -> list[Event]:
    """The events of one fault, whose text is its id; it is observed after 0.3 s."""
    planned = PlannedFault(text, FaultSpec.parse(text))
    events: list[Event] = [FaultInjected(*moment(at_s), text, planned.fault)]
    if evidence is not None:
        events.append(FaultObserved(*moment(at_s + 0.3), text, evidence))
    if healed_s is not None:
        events.append(FaultHealed(*moment(healed_s), text))
    return [*events, ended(planned, (healed_s or at_s) + 1.5)] if ended else events


def ended(
    verdict: Verdict = Verdict.PASS,
    reason: str = "",
    sign: FirstSign | None = None,
    recovered_s: float | None = None,
) -> Callable[[PlannedFault, float], ExperimentEnded]:
    """Makes the end of an experiment, given its fault and its time."""
    return lambda planned, at_s: ExperimentEnded(*moment(at_s), (planned,), verdict, reason, sign, recovered_s)


def container(at_s: float, action: str, service: str = "mime-server") -> ContainerChanged:
    """A change of a container."""
    return ContainerChanged(*moment(at_s), service, action)


def sample(at_s: float, outcome: Outcome = Outcome.OK, stream: str = LINK, took_s: float = 0.02) -> Sample:
    """One request, due at a time after the injection."""
    due_s = INJECTED_S + at_s
    return Sample(stream, due_s, due_s, due_s + took_s, outcome)


def load(refused_from_s: float, refused_until_s: float, *, every_s: float = 0.1, until_s: float = 9.0) -> list[Sample]:
    """Requests from 3 s before the injection on, refused for a while."""
    due_s = [place * every_s for place in range(round(-3 / every_s), round(until_s / every_s))]
    return [
        sample(at_s, Outcome.REFUSED if refused_from_s <= at_s <= refused_until_s else Outcome.OK) for at_s in due_s
    ]


def readings(  # noqa: PLR0913 - service, answers, kind, times and states
    service: str,
    no_from_s: float,
    no_until_s: float,
    kind: ProbeKind = ProbeKind.READINESS,
    *,
    until_s: float = 9.0,
    states: Mapping[float, str] | None = None,
) -> list[ProbeReading]:
    """A probe's answers every 0.5 s, which are no for a while; the engine's states from some moments on."""
    words = states or {}
    return [
        ProbeReading(
            service,
            kind,
            INJECTED_S + at_s,
            0.01,
            ok=not no_from_s <= at_s < no_until_s,
            detail="200",
            engine_state=next((word for begins_s, word in reversed([*words.items()]) if at_s >= begins_s), ""),
        )
        for at_s in (place / 2 for place in range(-6, int(until_s * 2)))
    ]


def scene(
    events: Iterable[Event], samples: Iterable[Sample] = (), answers: Iterable[ProbeReading] = (), shown: str = FAULT
) -> ExperimentScene:
    """The scene around one fault of these events."""
    happened = [*events]
    header = Header("run", Stack("s", Path("compose.yaml")), (), NOW, 0.0)
    recorded = Recorded(header, events=happened, samples=[*samples], readings=[*answers])
    faults = fault_records(happened)
    return ExperimentScene.around(next(each for each in faults if str(each.fault) == shown), recorded, faults)


def full() -> ExperimentScene:
    """A little of everything: load that fails, probes that say no, a container that dies and comes back."""
    events = [
        *fault(ended=ended(recovered_s=1.4)),
        container(0.05, "kill"),
        container(0.06, "die"),
        container(0.5, "exec_create: /bin/sh -c 'curl -f http://localhost'"),
        container(3.0, "start"),
        container(4.1, "health_status: healthy"),
    ]
    answers = [
        *readings("mime-server", 0.5, 4.0),
        *readings("mime-server", 0.5, 3.5, ProbeKind.LIVENESS),
        *readings("public_app", 1.0, 4.0),
    ]
    return scene(events, load(0.35, 2.95), answers)
