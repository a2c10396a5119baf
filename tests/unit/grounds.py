"""A run with a real record on a stack that stands nowhere, and whose one web server is a real one on loopback."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stackproof.engine.port import Address
from stackproof.faults.catalogue import check
from stackproof.history import Header, History, read
from stackproof.judge import Profile, RunJudgement, judge_run
from stackproof.model import Event, EventKind, Evidence, FaultSpec, Probe, ProbeKind, Stack
from stackproof.run.folder import RunFolder
from stackproof.run.run import Run
from stackproof.run.settings import Settings
from tests.tiny_servers import AnswersHttp, serving
from tests.unit.fakes import FakeStack, small_stack

WITHIN_S = 30.0
"""Bounds what would hang, and nothing else."""


def well_stack() -> Stack:
    """The small stack, with both probes of its web service on the port that is served."""
    small = small_stack()
    web, *others = small.services
    probes = tuple(Probe("web", kind, "http://:80/", 80) for kind in (ProbeKind.LIVENESS, ProbeKind.READINESS))
    return replace(small, services=(replace(web, probes=probes), *others))


@dataclass(frozen=True, slots=True)
class Ground:
    """What a test of experiments stands on.

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

    def events(self, kind: EventKind) -> list[Event]:
        """What was recorded so far of this kind."""
        return [each for each in self.run.events if each.kind is kind]

    def verdicts(self) -> list[tuple[str, str]]:
        """The verdict on each fault of each experiment, with its reason."""
        return [(each.detail["verdict"], each.detail["reason"]) for each in self.events(EventKind.EXPERIMENT)]

    def judged(self) -> RunJudgement:
        """The verdict on the run, read back from the disk, as if it ended here."""
        self.run.note(EventKind.RUN_ENDED)
        return judge_run(read(self.folder), Profile.QUICK)


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """A ground while the block runs."""
    stack = well_stack()
    history = History.create(folder, Header("run", stack, (), datetime.now(UTC), time.monotonic()))
    with serving(AnswersHttp) as web, history:
        engine = FakeStack(stack, direct={("web", 80): web})
        settings = Settings(stack.file)
        run = Run(settings, RunFolder("run", folder), engine, (), history)
        yield Ground(run, engine, web, folder)


def let_bite(monkeypatch: pytest.MonkeyPatch, fault: str, observed: str = "as if by an observer") -> None:
    """Have faults of this one's kind shown to bite."""
    _show(monkeypatch, fault, Evidence(confirmed=True, observed=observed))


def let_not_bite(monkeypatch: pytest.MonkeyPatch, fault: str, observed: str = "as before") -> None:
    """Have faults of this one's kind shown not to bite."""
    _show(monkeypatch, fault, Evidence(confirmed=False, observed=observed))


def _show(monkeypatch: pytest.MonkeyPatch, fault: str, evidence: Evidence) -> None:
    bound = check(FaultSpec.parse(fault), well_stack())
    monkeypatch.setattr(type(bound), "evidence", lambda _self, _engine: evidence)
