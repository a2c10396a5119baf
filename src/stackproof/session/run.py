"""A run: a stack that stands, what is done to it, and the record of all that is seen."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from stackproof.engine.docker_engine import Change, DockerEngine
from stackproof.engine.port import Address
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.history import History
from stackproof.judge import judge_objective
from stackproof.model import (
    CheckResult,
    Event,
    EventKind,
    FaultSpec,
    Judgement,
    Link,
    LoadReport,
    Objective,
    Sample,
    Stack,
)
from stackproof.session.folder import RunFolder
from stackproof.session.service import StandingService
from stackproof.session.settings import Settings
from stackproof.workload import LoadPlan, LoadResult, start_load

_START_IN_S = 0.1


@dataclass(frozen=True, slots=True)
class Timed:
    """A load, and when it begins.

    Attributes:
        plan: The load.
        after_s: Seconds after the common start of the loads it runs beside.
    """

    plan: LoadPlan
    after_s: float = 0.0


class Run:
    """What a test, or the command line, does with a standing stack; all that is seen goes to its history first.

    Args:
        settings: What a person chose.
        folder: The run's folder.
        engine: The stack, standing.
        objectives: What is promised of it.
        history: The run's record, open.
    """

    def __init__(
        self,
        settings: Settings,
        folder: RunFolder,
        engine: DockerEngine,
        objectives: tuple[Objective, ...],
        history: History,
    ) -> None:
        self.settings = settings
        self.folder = folder
        self.engine = engine
        self.objectives = objectives
        self.history = history
        self.events: list[Event] = []
        self.samples: list[Sample] = []
        self.loads: list[LoadReport] = []
        self._journal = Journal(folder.journal)

    @property
    def stack(self) -> Stack:
        """The stack as declared."""
        return self.engine.stack

    def note(self, kind: EventKind, subject: str = "", **detail: str) -> None:
        """Record that something happened now."""
        event = Event(kind, time.monotonic(), datetime.now(UTC), subject, detail)
        self.events.append(event)
        self.history.append(event)

    def note_change(self, change: Change) -> None:
        """Record what the engine says happened to a container, at the time that the engine gives."""
        wall = datetime.fromtimestamp(change.at_ns / 1e9, UTC)
        at_s = time.monotonic() - (time.time() - change.at_ns / 1e9)
        self.history.append(Event(EventKind.CONTAINER, at_s, wall, change.service, {"action": change.action}))

    def check(self, result: CheckResult) -> None:
        """Record the verdict on one claim."""
        self.history.append(result)

    def service(self, name: str) -> StandingService:
        """A service, to be asked and disturbed.

        Raises:
            DeclarationError: The stack has none of this name.
        """
        return StandingService(self.stack.service(name), self.engine, self.history.append)

    def services(self) -> tuple[StandingService, ...]:
        """Every service that stands."""
        return tuple(self.service(each.name) for each in self.stack.standing)

    def link(self, text: str) -> Link:
        """The link that ``network/service:port`` names.

        Raises:
            DeclarationError: The stack has none such.
        """
        return self.stack.link(text)

    def way(self, link: Link | str) -> Address:
        """Where traffic enters that shall cross this link, and meet its faults."""
        return self.engine.over(self.link(link) if isinstance(link, str) else link)

    @contextmanager
    def fault(self, fault: FaultSpec | str) -> Iterator[None]:
        """Hold a fault while the block runs: journalled, injected, shown to have bitten, healed whatever happens.

        Raises:
            FaultError: The fault is unknown or aimed at nothing.
        """
        spec = FaultSpec.parse(fault) if isinstance(fault, str) else fault
        with held(spec, self.engine, self._journal) as injection:
            self.note(EventKind.FAULT_INJECTED, str(spec))
            try:
                evidence = injection.evidence()
                bit = str(evidence.bit).lower()
                self.note(EventKind.FAULT_EVIDENCE, str(spec), bit=bit, observed=evidence.observed)
                yield
            finally:
                injection.heal()
                self.note(EventKind.FAULT_HEALED, str(spec))

    def load(self, *loads: LoadPlan | Timed) -> tuple[LoadResult, ...]:
        """Run loads side by side, each in a process of its own and from one common start, to the last one's end.

        Raises:
            LoadError: A generator died, or did not end in time.
        """
        timed = [each if isinstance(each, Timed) else Timed(each) for each in loads]
        with ExitStack() as stack:
            running = [stack.enter_context(start_load(each.plan, self._keep_samples)) for each in timed]
            for each in running:
                each.ready()
            start_s = time.monotonic() + _START_IN_S
            for generator, load in zip(running, timed, strict=True):
                generator.go(start_s + load.after_s)
                self.note(EventKind.LOAD_STARTED, load.plan.name, target=load.plan.target, after_s=f"{load.after_s:g}")
            results = tuple(each.wait() for each in running)
        for result in results:
            self.loads.append(result.report)
            self.history.append(result.report)
            self.note(EventKind.LOAD_ENDED, result.report.stream)
        return results

    def _keep_samples(self, samples: Sequence[Sample]) -> None:
        self.history.extend(samples)
        self.samples.extend(samples)

    def judge(self, objective: Objective, *, gates: bool) -> Judgement:
        """The verdict on an objective from what was seen so far."""
        return judge_objective(objective, self.samples, self.loads, gates=gates)
