"""The words that all rooms share: frozen data, no input or output."""

from stackproof.model.errors import (
    DeclarationError,
    EngineError,
    FaultError,
    HistoryError,
    InconclusiveError,
    Location,
    StackproofError,
)
from stackproof.model.event import (
    CheckResult,
    Entry,
    Event,
    EventKind,
    LoadReport,
    Outcome,
    ProbeReading,
    Sample,
)
from stackproof.model.fault import Evidence, FaultSpec
from stackproof.model.objective import Objective, Promise, Sli
from stackproof.model.stack import Link, Network, Probe, ProbeKind, PublishedPort, Service, Stack
from stackproof.model.verdict import Judgement, Verdict

__all__ = [
    "CheckResult",
    "DeclarationError",
    "EngineError",
    "Entry",
    "Event",
    "EventKind",
    "Evidence",
    "FaultError",
    "FaultSpec",
    "HistoryError",
    "InconclusiveError",
    "Judgement",
    "Link",
    "LoadReport",
    "Location",
    "Network",
    "Objective",
    "Outcome",
    "Probe",
    "ProbeKind",
    "ProbeReading",
    "Promise",
    "PublishedPort",
    "Sample",
    "Service",
    "Sli",
    "Stack",
    "StackproofError",
    "Verdict",
]
