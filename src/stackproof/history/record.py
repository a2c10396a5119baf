"""A run's record, as it is read back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from stackproof.model import (
    AlertEntry,
    CheckResult,
    DrillScope,
    Event,
    LoadReport,
    Objective,
    ProbeReading,
    Sample,
    Stack,
)

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a history: all that a judge needs to know beside what was seen.

    Attributes:
        run: Id of the run.
        stack: The stack under test.
        objectives: What was promised of it when the run began.
        started: When the run began, as an aware datetime.
        started_s: The same moment on the monotonic clock that every entry's times are on.
        profile: Name of the profile that the run was judged in.
        format: Version of this file format.
    """

    run: str
    stack: Stack
    objectives: tuple[Objective, ...]
    started: datetime
    started_s: float
    profile: str = ""
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run saw, in the order of its record.

    Attributes:
        header: The record's first line.
        events: What happened.
        samples: Every request of every load.
        loads: What each load generator said of itself.
        readings: Every answer to a probe.
        checks: The tests' own verdicts.
        alerts: What was promised of alerts, and what was seen of them.
        torn: True where the last line was cut short: the run was killed while it wrote.
    """

    header: Header
    events: Sequence[Event] = field(default=())
    samples: Sequence[Sample] = field(default=())
    loads: Sequence[LoadReport] = field(default=())
    readings: Sequence[ProbeReading] = field(default=())
    checks: Sequence[CheckResult] = field(default=())
    alerts: Sequence[AlertEntry] = field(default=())
    torn: bool = False

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """What the run is judged against."""
        return self.header.objectives

    @property
    def ended_s(self) -> float:
        """The last moment that the record knows of, on the monotonic clock."""
        moments = [self.header.started_s]
        moments += [max(event.at_s for event in self.events)] if self.events else []
        moments += [max(sample.ended_s for sample in self.samples)] if self.samples else []
        moments += [max(reading.at_s + reading.took_s for reading in self.readings)] if self.readings else []
        moments += [entry.at_s for entry in self.alerts if not isinstance(entry, DrillScope)]
        return max(moments)

    def against(self, objectives: Sequence[Objective]) -> Self:
        """The same record, to be judged against other objectives.

        Checks that spoke of an old objective (a test's case is named ``...[OBJECTIVE]``) repeat what the judge said of
        it then, and are left out.
        """
        spoke_of_old = tuple(f"[{objective.id}]" for objective in self.objectives)
        return replace(
            self,
            header=replace(self.header, objectives=tuple(objectives)),
            checks=tuple(check for check in self.checks if not check.id.endswith(spoke_of_old)),
        )
