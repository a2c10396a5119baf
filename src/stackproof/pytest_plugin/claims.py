"""What a test can say of a run beside asserting: that an objective holds, and what it measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

from stackproof.model import EventKind, FaultSpec, InconclusiveError, Judgement, Objective, Verdict

if TYPE_CHECKING:
    from stackproof.drills.drill import Drills
    from stackproof.experiments.experiment import Experiment
    from stackproof.run.declared_stack import DeclaredStack
    from stackproof.run.run import Run
    from stackproof.workload import LoadPlan


class Experiments(Protocol):
    """Does experiments: ``with experiment("kill web", recovers_within_s=30) as held: ...``."""

    def __call__(
        self, *faults: str, loads: Sequence[LoadPlan] = (), recovers_within_s: float = 60.0
    ) -> AbstractContextManager[Experiment]:
        """One experiment; the block is what is expected while the faults hold. See ``session.experiment``."""


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
            series: PromQL of what is recorded beside, by its name in the report.

        Returns:
            What drills, given the name of the test.
        """


Measure = Callable[[str, float], None]
Count = Callable[[str, int], None]
Prove = Callable[[Objective], Judgement]


def prove_on(run: Run, objective: Objective) -> Judgement:
    """Judge an objective on what was seen so far, and put the evidence into the report.

    Raises:
        AssertionError: It gates this run, and is refuted.
        InconclusiveError: It gates this run, and is undecided.
    """
    from stackproof.report.attachments import attach_judgement, attach_plot  # noqa: PLC0415 - see pytest_plugin.state

    gates = run.settings.profile.lets_decide(objective.promise)
    judgement = run.judge(objective, gates=gates)
    attach_judgement(judgement)
    attach_plot(objective, run.samples, run.events)
    if gates and judgement.verdict is Verdict.FAIL:
        raise AssertionError(f"{objective.id}: {judgement.reason}")
    if gates and judgement.verdict is Verdict.INCONCLUSIVE:
        raise InconclusiveError(f"{objective.id}: {judgement.reason}")
    return judgement


def measure_on(run: Run, test: str, what: str, seconds: float) -> None:
    """Put a measured time into the history and the report."""
    from stackproof.report.attachments import attach_text  # noqa: PLC0415 - see pytest_plugin.state

    run.note(EventKind.NOTE, test, measured=what, seconds=f"{seconds:.3f}")
    attach_text(f"{what} {seconds:.2f} s")


def count_on(run: Run, test: str, what: str, cases: int) -> None:
    """Put how many cases of a property were tried into the history, the report and the summary."""
    from stackproof.report.attachments import attach_text  # noqa: PLC0415 - see pytest_plugin.state

    run.note(EventKind.TRIED, what, cases=str(cases), test=test)
    attach_text(f"{what}: {cases} cases tried")


def experiments_on(run: Run, test: str) -> Experiments:
    """Experiments that a test does, named after it."""
    from stackproof.experiments.experiment import Plan, experiment  # noqa: PLC0415 - see pytest_plugin.state

    @contextmanager
    def start(*faults: str, loads: Sequence[LoadPlan] = (), recovers_within_s: float = 60.0) -> Iterator[Experiment]:
        plan = Plan(tuple(map(FaultSpec.parse, faults)), tuple(loads), recovers_within_s, test)
        with experiment(run, plan) as held:
            yield held

    return start


@contextmanager
def alarms_on(run: Run, declared: DeclaredStack) -> Iterator[Alarms]:
    """Drills of a stack's alerts, watched until the block ends."""
    from stackproof.drills.alert_watch import AlertSources, AlertWatch  # noqa: PLC0415 - as above
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
            seen = watched.enter_context(AlertWatch(sources, run.keep).on())
            return lambda name: Drills(run, alerting, seen, name)

        yield start
