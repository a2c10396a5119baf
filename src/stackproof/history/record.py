"""A run's record in memory."""

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

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a history: what a judge needs to know besides the observations.

    Attributes:
        run: Id of the run.
        stack: The stack under test.
        objectives: Its objectives when the run began.
        started: When the run began, as an aware datetime.
        started_s: The same moment on the monotonic clock that every entry's times are on.
        profile: Name of the run's profile.
        format: Version of the file's format.
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
    """Everything that a run observed, each kind of entry in the order of the record.

    Attributes:
        header: The record's first line.
        events: What happened.
        samples: Every request of every load.
        loads: The load generators' reports on themselves.
        readings: Every answer to a probe.
        checks: The tests' own verdicts.
        alerts: What drills promised of alerts, and what was observed of them.
        torn: True if the last line was cut short: the run was killed while it wrote.
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
        """The objectives that the run is judged against."""
        return self.header.objectives

    @property
    def ended_s(self) -> float:
        """The last moment in the record, on the monotonic clock."""
        moments = [self.header.started_s]
        moments += [max(event.at_s for event in self.events)] if self.events else []
        moments += [max(sample.ended_s for sample in self.samples)] if self.samples else []
        moments += [max(reading.at_s + reading.took_s for reading in self.readings)] if self.readings else []
        moments += [entry.at_s for entry in self.alerts if not isinstance(entry, DrillScope)]
        return max(moments)

    def against(self, objectives: Sequence[Objective]) -> Self:
        """The same record with other objectives.

        Checks that are about an old objective are left out: they have its old verdict.
        """
        old = {objective.id for objective in self.objectives}
        return replace(
            self,
            header=replace(self.header, objectives=tuple(objectives)),
            checks=tuple(check for check in self.checks if check.objective not in old),
        )
