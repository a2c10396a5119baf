"""Experiments to tell and to draw, with as little as a claim needs."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from stackproof.judge import experiments
from stackproof.model import Event, EventKind, Outcome, ProbeKind, ProbeReading, Sample
from stackproof.report.scene import Scene

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
INJECTED_S = 1000.0
FAULT = "kill mime-server"
LINK = "back/mime-server:65432"
_BIT = {"bit": "true", "observed": "the engine says exited with code 137"}


def event(kind: EventKind, at_s: float, subject: str = FAULT, **detail: str) -> Event:
    """An event, in seconds since the injection."""
    return Event(kind, INJECTED_S + at_s, NOW, subject, detail)


def fault(
    subject: str = FAULT,
    at_s: float = 0.0,
    *,
    healed_s: float | None = 3.0,
    evidence: Mapping[str, str] | None = None,
    **claim: str,
) -> list[Event]:
    """The events of one fault; it bites after 0.3 s."""
    events = [
        event(EventKind.FAULT_INJECTED, at_s, subject),
        event(EventKind.FAULT_EVIDENCE, at_s + 0.3, subject, **(_BIT if evidence is None else evidence)),
    ]
    if healed_s is not None:
        events.append(event(EventKind.FAULT_HEALED, healed_s, subject))
    return [*events, event(EventKind.EXPERIMENT, (healed_s or at_s) + 1.5, subject, **claim)] if claim else events


def container(at_s: float, action: str, service: str = "mime-server") -> Event:
    """What the engine says happened to a container."""
    return event(EventKind.CONTAINER, at_s, service, action=action)


def sample(at_s: float, outcome: Outcome = Outcome.OK, stream: str = LINK, took_s: float = 0.02) -> Sample:
    """One request, due so many seconds after the injection."""
    due_s = INJECTED_S + at_s
    return Sample(stream, due_s, due_s, due_s + took_s, outcome)


def load(refused_from_s: float, refused_until_s: float, *, every_s: float = 0.1, until_s: float = 9.0) -> list[Sample]:
    """Requests from 3 s before the injection on, refused for a while."""
    due_s = [place * every_s for place in range(round(-3 / every_s), round(until_s / every_s))]
    return [
        sample(at_s, Outcome.REFUSED if refused_from_s <= at_s <= refused_until_s else Outcome.OK) for at_s in due_s
    ]


def readings(  # noqa: PLR0913 - who said what, when, and for how long
    service: str,
    no_from_s: float,
    no_until_s: float,
    kind: ProbeKind = ProbeKind.READINESS,
    *,
    until_s: float = 9.0,
    states: Mapping[float, str] | None = None,
) -> list[ProbeReading]:
    """A probe's answers every 0.5 s, which say no for a while; the engine's word from some moments on."""
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
) -> Scene:
    """The scene around one fault of these events."""
    happened = [*events]
    experiment = next(each for each in experiments(happened) if str(each.fault) == shown)
    return Scene.around(experiment, samples, answers, happened)


def full() -> Scene:
    """A bit of everything: load that fails, probes that say no, a container that dies and comes back."""
    events = [
        *fault(verdict="PASS", recovered_s="1.4"),
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
