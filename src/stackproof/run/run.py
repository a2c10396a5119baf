"""A run: a stack that stands, what is done to it, and the record of all that is seen."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from stackproof.engine.port import Address, RunningStack
from stackproof.faults.injection import LONGEST_S, Injection, journalled
from stackproof.faults.journal import Journal, Undo
from stackproof.history import History
from stackproof.judge import judge_objective
from stackproof.model import (
    CheckResult,
    ContainerChange,
    Entry,
    Event,
    EventKind,
    Evidence,
    Family,
    FaultSpec,
    Judgement,
    Link,
    LoadReport,
    Objective,
    ProbeKind,
    ProbeReading,
    Sample,
    Stack,
)
from stackproof.run.folder import RunFolder
from stackproof.run.service import RunningService
from stackproof.run.settings import Settings
from stackproof.workload import START_IN_S, LoadPlan, LoadResult, RunningLoad, WorkerProcess, start_load

_LATER_S = 10.0  # a load that begins so late has the time to get ready while others run


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

    Attributes:
        spare: A process for the next load, started while the stack came up; whoever started it ends it.
    """

    def __init__(
        self,
        settings: Settings,
        folder: RunFolder,
        engine: RunningStack,
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
        self.spare: WorkerProcess | None = None

    @property
    def stack(self) -> Stack:
        """The stack as declared."""
        return self.engine.stack

    def note(self, kind: EventKind, subject: str = "", **detail: str) -> None:
        """Record that something happened now."""
        self.keep(Event(kind, time.monotonic(), datetime.now(UTC), subject, detail))

    def keep(self, entry: Entry) -> None:
        """Put what was seen into the record."""
        if isinstance(entry, Event):
            self.events.append(entry)
        self.history.append(entry)

    def exempt(self, service: str, family: Family, reason: str) -> None:
        """Record why a service is not tried by a family of faults."""
        self.note(EventKind.EXEMPTED, service, family=family, reason=reason)

    def exempt_alert(self, subject: str, aspect: str, reason: str) -> None:
        """Record why an aspect of an alert is not tried, or a kind of fault need not be noticed by any."""
        self.note(EventKind.ALERT_EXEMPTED, subject, aspect=aspect, reason=reason)

    def note_change(self, change: ContainerChange) -> None:
        """Record what the engine says happened to a container, at the time that the engine gives."""
        wall = datetime.fromtimestamp(change.at_ns / 1e9, UTC)
        at_s = time.monotonic() - (time.time() - change.at_ns / 1e9)
        self.history.append(Event(EventKind.CONTAINER, at_s, wall, change.service, {"action": change.action}))

    def check(self, result: CheckResult) -> None:
        """Record the verdict on one claim."""
        self.history.append(result)

    def service(self, name: str) -> RunningService:
        """A service, to be asked and disturbed.

        Raises:
            DeclarationError: The stack has none of this name.
        """
        return RunningService(self.stack.service(name), self.engine, self.history.append)

    def services(self) -> tuple[RunningService, ...]:
        """Every service that starts with the stack."""
        return tuple(self.service(each.name) for each in self.stack.standing)

    def ask_all(self, services: Sequence[RunningService], kind: ProbeKind) -> tuple[ProbeReading, ...]:
        """Ask a probe of several services at once."""
        with ThreadPoolExecutor(max(len(services), 1)) as pool:
            return tuple(pool.map(lambda each: each.ask(kind), services))

    def link(self, text: str) -> Link:
        """The link that ``network/service:port`` names.

        Raises:
            DeclarationError: The stack has none such.
        """
        return self.stack.link(text)

    def entry(self, link: Link | str) -> Address:
        """Where traffic enters that shall cross this link, and meet its faults."""
        return self.engine.entry(self.link(link) if isinstance(link, str) else link)

    @contextmanager
    def fault(
        self,
        fault: FaultSpec | str,
        *,
        id: str = "",  # noqa: A002 - the report's word
        longest_s: float = LONGEST_S,
    ) -> Iterator[Evidence]:
        """Hold a fault while the block runs: journalled, injected, shown to have bitten, healed whatever happens.

        Args:
            fault: The fault.
            id: Its name in the report; its kind and a number where empty.
            longest_s: How long it is held at most, in seconds; the record says where this healed it.

        Raises:
            FaultError: The fault is unknown or aimed at nothing.
            StackproofError: It could not be injected or healed.
        """
        spec = FaultSpec.parse(fault) if isinstance(fault, str) else fault
        named = {"id": id} if id else {}
        with self._held(spec, longest_s, **named) as injection:
            evidence = injection.evidence()
            bit = str(evidence.confirmed).lower()
            self.note(EventKind.FAULT_EVIDENCE, str(spec), bit=bit, observed=evidence.observed)
            yield evidence

    @contextmanager
    def part(self, spec: FaultSpec, part_of: str) -> Iterator[None]:
        """Hold a fault that is part of something larger, without asking whether it bites.

        Raises:
            FaultError: The fault is unknown or aimed at nothing.
        """
        with self._held(spec, LONGEST_S, part_of=part_of):
            yield

    @contextmanager
    def _held(self, spec: FaultSpec, longest_s: float, **detail: str) -> Iterator[Injection]:
        """Hold a fault; the record has its beginning, for half an injection disturbs too, and its healing."""
        from stackproof.faults.catalogue import family_of  # noqa: PLC0415 - slow to import, for faults alone

        with journalled(spec, self.engine, self._journal, longest_s) as injection:
            self.note(EventKind.FAULT_INJECTED, str(spec), family=family_of(spec.kind), **detail)
            try:
                injection.inject()
                yield injection
            finally:
                healing_s = time.monotonic()
                injection.heal()
                took = {"took_s": f"{time.monotonic() - healing_s:.6f}"}
                by = {"by": f"its bound of {longest_s:g} s"} if injection.was_healed_by_bound else {}
                part = {"part_of": detail["part_of"]} if "part_of" in detail else {}
                self.note(EventKind.FAULT_HEALED, str(spec), **took, **part, **by)

    def unhealed(self) -> tuple[Undo, ...]:
        """What was done to the stack and is not undone yet, latest first.

        Raises:
            FaultError: The journal cannot be read.
        """
        return self._journal.unhealed()

    def note_left_out(self, fault: str, part_of: str, why: str) -> None:
        """Record that a part could not be done."""
        self.note(EventKind.NOTE, fault, part_of=part_of, left_out=why)

    def load(self, *loads: LoadPlan | Timed) -> tuple[LoadResult, ...]:
        """Run loads side by side, each in a process of its own and from one common start, to the last one's end.

        Raises:
            LoadError: A generator died, or did not end in time.
        """
        timed = [each if isinstance(each, Timed) else Timed(each) for each in loads]
        soon = [each for each in timed if each.after_s < _LATER_S]
        with ExitStack() as stack:
            running = {id(each): stack.enter_context(self._start(each.plan)) for each in soon}
            for generator in running.values():
                generator.ready()
            start_s = time.monotonic() + START_IN_S
            for load in soon:
                self._go(running[id(load)], load, start_s)
            for load in (each for each in timed if each not in soon):
                running[id(load)] = stack.enter_context(self._start(load.plan))
                self._go(running[id(load)], load, start_s)
            results = tuple(running[id(each)].wait() for each in timed)
        for result in results:
            self.keep_report(result.report)
        return results

    def _start(self, plan: LoadPlan) -> RunningLoad:
        spare, self.spare = self.spare, None
        return start_load(plan, self.keep_samples, spare)

    def _go(self, generator: RunningLoad, load: Timed, start_s: float) -> None:
        generator.go(start_s + load.after_s)
        self.note(EventKind.LOAD_STARTED, load.plan.name, target=load.plan.target, after_s=f"{load.after_s:g}")

    def keep_report(self, report: LoadReport) -> None:
        """Record what a load generator says of itself at its end."""
        self.loads.append(report)
        self.history.append(report)
        self.note(EventKind.LOAD_ENDED, report.stream)

    def keep_samples(self, samples: Sequence[Sample]) -> None:
        """Record requests that ended."""
        self.history.extend(samples)
        self.samples.extend(samples)

    def judge(self, objective: Objective, *, gates: bool) -> Judgement:
        """The verdict on an objective from what was seen so far."""
        return judge_objective(objective, self.samples, self.loads, gates=gates)
