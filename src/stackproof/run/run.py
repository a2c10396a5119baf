"""A run: a running stack, what is done to it, and the record of everything that is observed."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite

from stackproof.engine.port import Address, MissingCapabilityError, RunningStack
from stackproof.faults.catalogue import check, family_of
from stackproof.faults.fault_kind import BoundFault
from stackproof.faults.injection import LONGEST_S, Injection, journalled
from stackproof.faults.journal import Journal, Undo
from stackproof.faults.requirements import refuse_missing
from stackproof.history import History, moment_of, new_id, now
from stackproof.judge import judge_objective
from stackproof.model import (
    AlertExempted,
    Aspect,
    ContainerChange,
    ContainerChanged,
    Entry,
    Event,
    Evidence,
    Family,
    FamilyExempted,
    FaultHealed,
    FaultInjected,
    FaultKindExempted,
    FaultObserved,
    FaultSpec,
    Judgement,
    Link,
    LoadReport,
    Measured,
    Note,
    Objective,
    PlannedFault,
    ProbeKind,
    ProbeReading,
    PropertyTried,
    Sample,
    Stack,
)
from stackproof.run.folder import RunFolder
from stackproof.run.loads import TimedLoad, finish, loads_running
from stackproof.run.service import RunningService
from stackproof.run.settings import Settings
from stackproof.workload import LoadPlan, LoadResult, WorkerProcess

_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class ReadyFault:
    """A fault that was checked against the stack and bound to its target, once.

    Attributes:
        planned: The fault, and the id of its injection.
        bound: The same, bound to its target.
    """

    planned: PlannedFault
    bound: BoundFault

    @classmethod
    def of(cls, fault: FaultSpec | PlannedFault, stack: Stack) -> "ReadyFault":
        """Check a fault and bind it.

        Raises:
            FaultError: The fault is unknown or has no such target.
        """
        planned = fault if isinstance(fault, PlannedFault) else PlannedFault(new_id(), fault)
        return cls(planned, check(planned.fault, stack))


class Run:
    """What a test or a command does with a running stack; every observation goes to the history first.

    Args:
        settings: The run's settings.
        folder: The run's folder.
        engine: The running stack.
        objectives: Its objectives.
        history: The run's record, open.
        spare: A process for the first load, started while the stack came up; its starter ends it.
    """

    def __init__(  # noqa: PLR0913 - what a run consists of
        self,
        settings: Settings,
        folder: RunFolder,
        engine: RunningStack,
        objectives: tuple[Objective, ...],
        history: History,
        *,
        spare: WorkerProcess | None = None,
    ) -> None:
        self.settings = settings
        self.folder = folder
        self.engine = engine
        self.objectives = objectives
        self.history = history
        self.events: list[Event] = []
        self.samples: list[Sample] = []
        self.loads: list[LoadReport] = []
        self.done: set[str] = set()
        """Services that had done their work, or had no container at all, before any fault was injected."""
        self._journal = Journal(folder.journal)
        self._spare = spare

    @property
    def stack(self) -> Stack:
        """The stack as declared."""
        return self.engine.stack

    def record(self, entry: Entry) -> None:
        """Put an entry into the record."""
        match entry:
            case Event():
                self.events.append(entry)
            case LoadReport():
                self.loads.append(entry)
            case _:
                pass
        self.history.append(entry)

    def record_samples(self, samples: Sequence[Sample]) -> None:
        """Put requests that ended into the record."""
        self.history.extend(samples)
        self.samples.extend(samples)

    def record_change(self, change: ContainerChange) -> None:
        """Record a change of a container, at the time that the engine gives."""
        self.history.append(ContainerChanged(*moment_of(change.at_ns), change.service, change.action))

    def note(self, subject: str, **detail: str) -> None:
        """Put a note into the record; nothing is judged by it."""
        self.record(Note(*now(), subject, detail))

    def measured(self, test: str, what: str, took_s: float) -> None:
        """Record a time that a test measured, in seconds."""
        self.record(Measured(*now(), test, what, took_s))

    def tried(self, test: str, name: str, cases: int) -> None:
        """Record how many cases of a property a test tried."""
        self.record(PropertyTried(*now(), name, test, cases))

    def exempt(self, service: str, family: Family, reason: str) -> None:
        """Record why a service is exempt from a family of faults."""
        self.record(FamilyExempted(*now(), service, family, reason))

    def exempt_alert(self, alert: str, aspect: Aspect | None, reason: str) -> None:
        """Record why an aspect of an alert, or all of it where that is None, is exempt from drills."""
        self.record(AlertExempted(*now(), alert, aspect, reason))

    def exempt_fault_kind(self, kind: str, reason: str) -> None:
        """Record why no alert has to notice a kind of fault."""
        self.record(FaultKindExempted(*now(), kind, reason))

    def service(self, name: str) -> RunningService:
        """A service, to be asked and disturbed.

        Raises:
            DeclarationError: The stack has no service of this name.
        """
        return RunningService(self.stack.service(name), self.engine, self.history.append)

    def services(self) -> tuple[RunningService, ...]:
        """Every service that runs with the stack."""
        return tuple(self.service(each.name) for each in self.stack.standing)

    def ask_all(self, services: Sequence[RunningService], kind: ProbeKind) -> tuple[ProbeReading, ...]:
        """Ask a probe of several services at once."""
        with ThreadPoolExecutor(max(len(services), 1)) as pool:
            return tuple(pool.map(lambda each: each.ask(kind), services))

    def link(self, text: str) -> Link:
        """The link named ``network/service:port``.

        Raises:
            DeclarationError: The stack has no such link.
        """
        return self.stack.link(text)

    def entry(self, link: Link | str) -> Address:
        """The address at which traffic has to enter to cross a link, faults included."""
        return self.engine.entry(self.link(link) if isinstance(link, str) else link)

    @contextmanager
    def fault(
        self, fault: FaultSpec | PlannedFault | str, *, name: str = "", longest_s: float = LONGEST_S
    ) -> Iterator[Evidence]:
        """Hold a fault while the block runs: journalled, injected, observed, and healed whatever happens.

        Args:
            fault: The fault.
            name: Its name in the report; its kind and a number if empty.
            longest_s: How long it is held at most, in seconds; the record says if this bound healed it.

        Raises:
            FaultError: The fault is unknown or has no such target.
            StackproofError: It could not be injected or healed.
        """
        spec = FaultSpec.parse(fault) if isinstance(fault, str) else fault
        with self.hold(ReadyFault.of(spec, self.stack), name=name, longest_s=longest_s) as evidence:
            yield evidence

    @contextmanager
    def hold(self, ready: ReadyFault, *, name: str = "", longest_s: float = LONGEST_S) -> Iterator[Evidence]:
        """The same for a fault that is bound already.

        Raises:
            StackproofError: It could not be injected or healed.
        """
        with self._held(ready, longest_s, name=name) as injection:
            evidence = injection.evidence()
            self.record(FaultObserved(*now(), ready.planned.injection, evidence))
            yield evidence

    @contextmanager
    def part(self, ready: ReadyFault, part_of: str) -> Iterator[None]:
        """Hold a fault that is part of a schedule, without looking for evidence.

        Raises:
            StackproofError: It could not be injected or healed.
        """
        with self._held(ready, LONGEST_S, part_of=part_of):
            yield

    def refuse_missing(self, spec: FaultSpec) -> None:
        """Refuse a fault that requires what the engine lacks, and record its services as exempt for this reason.

        Raises:
            FaultError: There is no such kind.
            MissingCapabilityError: The engine lacks what the fault requires.
        """
        try:
            refuse_missing(spec, self.engine)
        except MissingCapabilityError as error:
            for service in spec.aims:
                self.exempt(service, family_of(spec.kind), f"{spec.kind}: {error.reason}")
            raise

    @contextmanager
    def _held(self, ready: ReadyFault, longest_s: float, *, name: str = "", part_of: str = "") -> Iterator[Injection]:
        """Hold a fault; its begin is recorded before it is injected, because half an injection disturbs too."""
        planned = ready.planned
        self.refuse_missing(planned.fault)
        with journalled(planned.fault, self.engine, self._journal, longest_s, ready.bound) as injection:
            family = family_of(planned.fault.kind)
            self.record(FaultInjected(*now(), planned.injection, planned.fault, family, name, part_of))
            try:
                injection.inject()
                yield injection
            finally:
                healing_s = time.monotonic()
                injection.heal()
                took_s = round(time.monotonic() - healing_s, _DECIMALS)
                bound_s = longest_s if injection.timed_out and isfinite(longest_s) else None
                self.record(FaultHealed(*now(), planned.injection, took_s, bound_s))

    def unhealed(self) -> tuple[Undo, ...]:
        """Faults that were injected and not healed yet, latest first.

        Raises:
            FaultError: The journal cannot be read.
        """
        return self._journal.unhealed()

    def load(self, *loads: LoadPlan | TimedLoad) -> tuple[LoadResult, ...]:
        """Run loads side by side from one common start, each in a process of its own, until the last one ends.

        Raises:
            LoadError: A generator died, or did not end in time.
        """
        timed = [TimedLoad.of(each) for each in loads]
        with loads_running(self, timed, self.record_samples) as started:
            return tuple(finish(self, each) for each in started)

    def take_spare(self) -> WorkerProcess | None:
        """The process that was started for the first load, once."""
        spare, self._spare = self._spare, None
        return spare

    def judge(self, objective: Objective) -> Judgement:
        """The judge's verdict on an objective, from what was observed so far; it gates as the run's profile says."""
        gates = self.settings.profile.lets_decide(objective.promise)
        return judge_objective(objective, self.samples, self.loads, gates=gates)
