"""What a drill expects of alerts, as a test writes it."""

from dataclasses import dataclass, field

from stackproof.model import Addressee, Inhibited
from stackproof.workload import LoadPlan


@dataclass(frozen=True, slots=True)
class AlertExpectation:
    """What is expected of one alert under a fault.

    Attributes:
        alert: Its name.
        notifies: Every receiver that must be notified; no other may be.
        labels: Labels that tell it from other alerts of its name.
        window_s: Range that its expression looks back over, in seconds of real time.
        window_share: Share of that range that the fault has to fill.
        evaluations: Evaluations in sequence until it fires.
        inhibits: Alerts that it must inhibit while it fires, though the fault makes them fire too.
        may_notify: Receivers that may be notified of an alert of that name: a notification names no labels.
        together: Alerts that come in one notification with it.
        resolves: False if its end takes too long to wait for.
        held_back: True if another alert inhibits it while the fault is held: its notification comes afterwards.
        within_s: Bound on all notifications, in seconds, if theory gives none; it only bounds a hang.
        sli: Name of the series, or of the load, that shows what it is about.
        threshold: Its threshold on that series.
    """

    alert: str
    notifies: tuple[Addressee, ...]
    labels: dict[str, str] = field(default_factory=dict)
    window_s: float = 0.0
    window_share: float = 0.0
    evaluations: int = 1
    inhibits: tuple[Inhibited, ...] = ()
    may_notify: tuple[Addressee, ...] = ()
    together: tuple[str, ...] = ()
    resolves: bool = True
    held_back: bool = False
    within_s: float | None = None
    sli: str = ""
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault, and what is expected of alerts under it.

    Attributes:
        fault: ``KIND TARGET key=value``; for a near miss also the name of one of the loads, which then is its cause.
        expected: What is expected of each alert.
        loads: Loads that run meanwhile.
    """

    fault: str
    expected: tuple[AlertExpectation, ...]
    loads: tuple[LoadPlan, ...] = ()
