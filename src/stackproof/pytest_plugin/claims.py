"""What a test does besides asserting: prove an objective, record a measurement, do an experiment, drill an alert."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

from stackproof.model import FaultSpec, InconclusiveError, Judgement, Objective, Verdict

if TYPE_CHECKING:
    from stackproof.drills.drill import Drills
    from stackproof.experiments.experiment import RunningExperiment
    from stackproof.run.declared_stack import DeclaredStack
    from stackproof.run.run import Run
    from stackproof.workload import LoadPlan


class Experiments(Protocol):
    """Does experiments: ``with experiment("kill web", recovers_within_s=30) as held: ...``."""

    def __call__(
        self, *faults: str, loads: Sequence[LoadPlan] = (), recovers_within_s: float = 60.0
    ) -> AbstractContextManager[RunningExperiment]:
        """One experiment; the block is what is expected while the faults hold. See ``experiments.experiment``."""


class Alarms(Protocol):
    """Watches a stack's alerting from now on, and drills its alerts: ``alarms(prometheus="prometheus:9090", ...)``."""

    def __call__(
        self, *, prometheus: str, alertmanager: str, receivers: str, series: Mapping[str, str] | None = None
    ) -> Callable[[str], Drills]:
        """Begin to watch.

        Args:
            prometheus: ``SERVICE:PORT`` of Prometheus.
            alertmanager: The same of Alertmanager.
            receivers: The same of the receivers' control API.
            series: PromQL of series that are recorded as well, by their names in the report.

        Returns:
            Makes drills, given the name of the test.
        """


Measure = Callable[[str, float], None]
Count = Callable[[str, int], None]
Prove = Callable[[Objective], Judgement]


class ObjectiveRefutedError(AssertionError):
    """An objective that decides the run is refuted.

    Attributes:
        objective_id: The objective's id.
    """

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(judgement.statement)
        self.objective_id = judgement.objective.id


class ObjectiveUndecidedError(InconclusiveError):
    """An objective that decides the run is undecided.

    Attributes:
        objective_id: The objective's id.
    """

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(judgement.statement)
        self.objective_id = judgement.objective.id


def prove_on(run: Run, objective: Objective) -> Judgement:
    """Get the judge's verdict on an objective from what was observed so far, and attach the evidence to the report.

    Raises:
        ObjectiveRefutedError: It decides this run, and is refuted.
        ObjectiveUndecidedError: It decides this run, and is undecided.
    """
    from stackproof.report.attachments import attach_judgement, attach_plot  # noqa: PLC0415 - see pytest_plugin.state

    judgement = run.judge(objective)
    attach_judgement(judgement)
    attach_plot(objective, run.samples, run.events)
    if judgement.gates and judgement.verdict is Verdict.FAIL:
        raise ObjectiveRefutedError(judgement)
    if judgement.gates and judgement.verdict is Verdict.INCONCLUSIVE:
        raise ObjectiveUndecidedError(judgement)
    return judgement


def measure_on(run: Run, test: str, what: str, took_s: float) -> None:
    """Put a measured time into the record and the report."""
    from stackproof.report.attachments import attach_text  # noqa: PLC0415 - see pytest_plugin.state

    run.measured(test, what, took_s)
    attach_text(f"{what} {took_s:.2f} s")


def count_on(run: Run, test: str, what: str, cases: int) -> None:
    """Put how many cases of a property were tried into the record, the report and the summary."""
    from stackproof.report.attachments import attach_text  # noqa: PLC0415 - see pytest_plugin.state

    run.tried(test, what, cases)
    attach_text(f"{what}: {cases} cases tried")


def experiments_on(run: Run, test: str) -> Experiments:
    """The experiments of a test, named after it."""
    from stackproof.experiments.experiment import ExperimentPlan, experiment  # noqa: PLC0415 - see pytest_plugin.state

    @contextmanager
    def start(
        *faults: str, loads: Sequence[LoadPlan] = (), recovers_within_s: float = 60.0
    ) -> Iterator[RunningExperiment]:
        plan = ExperimentPlan(tuple(map(FaultSpec.parse, faults)), tuple(loads), recovers_within_s, test)
        with experiment(run, plan) as held:
            yield held

    return start


@contextmanager
def alarms_on(run: Run, declared: DeclaredStack) -> Iterator[Alarms]:
    """Drills of a stack's alerts, watched until the block ends."""
    from stackproof.drills.alert_watch import AlertSources, AlertWatch  # noqa: PLC0415 - see pytest_plugin.state
    from stackproof.drills.alerting import read_alerting  # noqa: PLC0415 - as above
    from stackproof.drills.drill import Drills  # noqa: PLC0415 - as above

    def url(place: str) -> str:
        service, _, port = place.rpartition(":")
        return f"http://{run.engine.direct(service, int(port))}"

    with ExitStack() as watched:

        def start(
            *, prometheus: str, alertmanager: str, receivers: str, series: Mapping[str, str] | None = None
        ) -> Callable[[str], Drills]:
            alerting = read_alerting(declared.declaration, run.settings.clock)
            sources = AlertSources(
                partial(url, prometheus), partial(url, receivers), partial(url, alertmanager), series
            )
            seen = watched.enter_context(AlertWatch(sources, run.record).on())
            return lambda name: Drills(run, alerting, seen, name)

        yield start
