"""A run with a real record on a fake engine, and with one real web server on loopback."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from stackproof.engine.port import Address
from stackproof.faults.catalogue import check
from stackproof.history import Header, History, now, read
from stackproof.judge import RunJudgement, judge_run
from stackproof.model import Event, Evidence, ExperimentEnded, FaultSpec, Probe, ProbeKind, Profile, RunEnded, Stack
from stackproof.run.folder import RunFolder
from stackproof.run.run import Run
from stackproof.run.settings import Settings
from tests.tiny_servers import AnswersHttp, serving
from tests.unit.fakes import FakeStack, small_stack

WITHIN_S = 30.0
"""Bounds a hang, and nothing else."""

_Event = TypeVar("_Event", bound=Event)


def healthy_stack() -> Stack:
    """The small stack, with both probes of its web service on the port that is served."""
    small = small_stack()
    web, *others = small.services
    probes = tuple(Probe("web", kind, "http://:80/", 80) for kind in (ProbeKind.LIVENESS, ProbeKind.READINESS))
    return replace(small, services=(replace(web, probes=probes), *others))


@dataclass(frozen=True, slots=True)
class RunOnFake:
    """A run on a fake engine.

    Attributes:
        run: The run.
        engine: Its engine.
        web: Where the web service is served.
        folder: The run's folder.
    """

    run: Run
    engine: FakeStack
    web: Address
    folder: Path

    def events(self, kind: type[_Event]) -> list[_Event]:
        """The events of one kind that were recorded so far."""
        return [each for each in self.run.events if isinstance(each, kind)]

    def verdicts(self) -> list[tuple[str, str]]:
        """The verdict of each experiment, with its reason."""
        return [(each.verdict, each.reason) for each in self.events(ExperimentEnded)]

    def judged(self) -> RunJudgement:
        """The verdict on the run, read back from the disk, as if it ended here."""
        self.run.record(RunEnded(*now()))
        return judge_run(read(self.folder), Profile.QUICK)


@contextmanager
def run_on_fake(folder: Path) -> Iterator[RunOnFake]:
    """A run on a fake engine, open while the block lasts."""
    stack = healthy_stack()
    history = History.create(folder, Header("run", stack, (), datetime.now(UTC), time.monotonic()))
    with serving(AnswersHttp) as web, history:
        engine = FakeStack(stack, direct={("web", 80): web})
        settings = Settings(stack.file)
        run = Run(settings, RunFolder("run", folder), engine, (), history)
        yield RunOnFake(run, engine, web, folder)


def confirm(monkeypatch: pytest.MonkeyPatch, fault: str, observed: str = "as if by an observer") -> None:
    """Make the evidence of faults of this one's kind confirm them."""
    _show(monkeypatch, fault, Evidence(confirmed=True, observed=observed))


def do_not_confirm(monkeypatch: pytest.MonkeyPatch, fault: str, observed: str = "as before") -> None:
    """Make the evidence of faults of this one's kind not confirm them."""
    _show(monkeypatch, fault, Evidence(confirmed=False, observed=observed))


def _show(monkeypatch: pytest.MonkeyPatch, fault: str, evidence: Evidence) -> None:
    bound = check(FaultSpec.parse(fault), healthy_stack())
    monkeypatch.setattr(type(bound), "evidence", lambda _self, _engine: evidence)
