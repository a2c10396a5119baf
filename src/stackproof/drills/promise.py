"""What a drill promises of alerts, in words that a test can use."""

from dataclasses import dataclass, field

from stackproof.model import Addressee, Inhibited
from stackproof.workload import LoadPlan


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised of one alert under a fault.

    Attributes:
        alert: Its name.
        tells: Every receiver that is told, and no other may be.
        labels: Labels that it must have, where others have its name.
        window_s: Range that its expression looks back over, in true seconds.
        window_share: Share of that range that the fault has to fill.
        evaluations: Evaluations that follow each other until it is seen.
        inhibits: Alerts that must be silent while it fires, though the fault makes them fire too.
        may_be_told: Who else may be told of an alert of that name: messages do not tell namesakes apart.
        together: Alerts that come in one message with it.
        resolves: False where nobody can wait for its end.
        held_back: True where another alert silences it while the fault is held: it is told afterwards.
        within_s: Bound on all messages, in seconds, where theory has none; it only bounds a hang.
        sli: Name of the series, or of the load, that shows what it is about.
        threshold: Its threshold on that series.
    """

    alert: str
    tells: tuple[Addressee, ...]
    labels: dict[str, str] = field(default_factory=dict)
    window_s: float = 0.0
    window_share: float = 0.0
    evaluations: int = 1
    inhibits: tuple[Inhibited, ...] = ()
    may_be_told: tuple[Addressee, ...] = ()
    together: tuple[str, ...] = ()
    resolves: bool = True
    held_back: bool = False
    within_s: float | None = None
    sli: str = ""
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault, and what is promised of alerts under it.

    Attributes:
        fault: ``KIND TARGET key=value``; of a near miss also the name of one of the loads, which then is all of it.
        promises: What each alert promises.
        loads: What goes on meanwhile.
    """

    fault: str
    promises: tuple[Promise, ...]
    loads: tuple[LoadPlan, ...] = ()
