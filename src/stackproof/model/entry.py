"""Everything that a run records, before anything is judged."""

from dataclasses import dataclass

from stackproof.model.alert_entries import AlertEntry
from stackproof.model.event import Event
from stackproof.model.sample import LoadReport, Sample
from stackproof.model.stack import ProbeKind
from stackproof.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ProbeReading:
    """One answer to a probe.

    Attributes:
        service: The service that was asked.
        kind: The kind of probe.
        at_s: When it was asked, on the monotonic clock.
        took_s: Time until the answer, in seconds.
        ok: The answer.
        detail: The status line or the error.
        engine_state: State of the container at that moment, as the engine reports it (``healthy``, ``unhealthy``,
            ``starting``, ``running``, ``exited``, ``paused``...); empty if the engine was not asked.
    """

    service: str
    kind: ProbeKind
    at_s: float
    took_s: float
    ok: bool
    detail: str
    engine_state: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict on one claim of a test, recorded so that the run can be judged again.

    Attributes:
        id: The test's id.
        verdict: PASS, FAIL or INCONCLUSIVE.
        message: Why it did not pass.
        objective: Id of the objective that the test is about; empty if it is about something else.
        repeats_objective: True if this is the verdict on that objective itself, and nothing that the test adds.
    """

    id: str
    verdict: Verdict
    message: str = ""
    objective: str = ""
    repeats_objective: bool = False


Entry = Event | Sample | LoadReport | ProbeReading | CheckResult | AlertEntry
