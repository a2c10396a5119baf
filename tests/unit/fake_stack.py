"""A machine whose stacks run in memory: the one place where tests of the doors replace the container engine.

The command line and the pytest plugin are tested from outside, by arguments, output, exit codes and files. All beneath
them is real but this: ``FakeMachine`` starts, finds and removes stacks, and ``docker compose config`` is a shell script
that prints the file as it is. So the compose files of these tests are written as Compose resolves them.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from stackproof.cli import running_stacks
from stackproof.engine.docker.client import connect
from stackproof.engine.docker.compose.ground import Reach
from stackproof.engine.docker.engine import DockerEngine
from stackproof.engine.docker.events import Change
from stackproof.engine.docker.standing import Standing
from stackproof.engine.port import Address
from stackproof.host import setup as preparing
from stackproof.model import EngineError, Link, Stack
from stackproof.run import boot, by_hand, early, kept_runs, leftovers
from stackproof.run.declaration import Composed
from stackproof.run.folder import RunFolder
from stackproof.run.settings import Settings
from tests.unit.fakes import FakeEngine

COMPOSE = """\
name: small
networks:
  front: {}
  back: {internal: true}
services:
  web:
    image: web
    networks: {front: {}, back: {}}
    x-stackproof: {probes: {liveness: "http://:80/live", readiness: "http://:80/ready"}}
  store:
    image: store
    networks: {back: {}}
    x-stackproof: {probes: {ping: "tcp://:6379?send=PING%0A&expect=PONG"}}
  tool:
    image: tool
    networks: {back: {}}
    profiles: [tools]
"""
"""Two services with probes, and one that is started on demand."""

_DOCKER = """\
#!/bin/sh
# docker compose --file FILE ... config
if [ "$1 $2" = "compose --file" ]; then exec cat "$3"; fi
echo "the fake docker command cannot: $*" >&2
exit 1
"""
_NO_ENGINE = "tcp://127.0.0.1:1"  # refused at once


class RunningStack(FakeEngine):
    """A stack in memory that belongs to a run."""

    def __init__(self, standing: Standing, web: Address | None) -> None:
        stack = standing.stack
        ports: Mapping[tuple[str, int], Address] = {("web", 80): web} if web else {}
        links: Mapping[Link, Address] = {link: web for link in stack.links() if link.service == "web"} if web else {}
        super().__init__(stack, direct=ports, over=links)
        self.standing = standing

    @contextmanager
    def watched(self, _report: Callable[[Change], None]) -> Iterator[None]:
        """Nothing happens to containers that do not exist."""
        yield

    def logs(self, service: str, tail: int = 200) -> str:
        """One line that names the service."""
        return f"{service}: a line of the last {tail}\n"


@dataclass(slots=True)
class FakeMachine:
    """Runs by their ids, and what happened to them.

    Attributes:
        web: Where the service ``web`` is served, on all its links; nowhere if None.
        running: Stacks that run now.
        removed: Runs whose stack was removed, in order.
        pruned: Images that `down --images` removes.
        start_error: What starting a stack raises.
        removal_error: What removing one raises.
    """

    web: Address | None = None
    running: dict[str, RunningStack] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)
    start_error: Exception | None = None
    removal_error: Exception | None = None

    def start(
        self, made_of: Composed, folder: RunFolder, _settings: Settings, report: Callable[[str], None]
    ) -> DockerEngine:
        """Start a stack."""
        report(f"starting {len(made_of.stack.standing)} services and their proxies")
        self.running[folder.run] = engine = RunningStack(_standing(folder, made_of.stack), self.web)
        if self.start_error is not None:
            raise self.start_error
        return cast("DockerEngine", engine)

    @contextmanager
    def guarded(self, folder: RunFolder, _report: Callable[[str], None]) -> Iterator[None]:
        """Remove the run's stack at the end."""
        try:
            yield
        finally:
            self.remove(folder.run)

    def remove(self, run: str | None) -> None:
        """Remove a run's stack, or every one if None."""
        for each in [run] if run is not None else list(self.running):
            if self.running.pop(each, None) is not None:
                self.removed.append(each)
        if self.removal_error is not None:
            raise self.removal_error

    def folders(self) -> dict[str, Path]:
        """Every run with a stack, and its folder."""
        return {run: engine.standing.folder for run, engine in self.running.items()}

    def find(self, folder: Path) -> DockerEngine | None:
        """The stack of the run that has this folder."""
        return cast("DockerEngine | None", self.running.get(folder.name))

    def prune(self, _keep: object) -> tuple[str, ...]:
        """Remove images."""
        return tuple(self.pruned)


class _NoSentinel:
    """In place of a process that heals after a kill -9."""

    def __init__(self, *_about: object) -> None:
        pass

    def start(self) -> None:
        """Start nothing."""

    def dismiss(self) -> None:
        """End nothing."""


def install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> FakeMachine:
    """Put a fake machine in place of the real one, until the test ends.

    Args:
        monkeypatch: Undoes it.
        folder: A folder for the fake docker command.
    """
    without_engine(monkeypatch, folder)
    machine = FakeMachine()
    monkeypatch.setattr(boot, "start", machine.start)
    monkeypatch.setattr(boot, "guarded", machine.guarded)
    monkeypatch.setattr(boot, "sweep", machine.remove)
    monkeypatch.setattr(boot, "end_engine_commands", lambda _parent: None)
    monkeypatch.setattr(kept_runs, "start", machine.start)
    monkeypatch.setattr(kept_runs, "sweep", machine.remove)
    monkeypatch.setattr(kept_runs, "runs_of_ours", machine.folders)
    monkeypatch.setattr(kept_runs, "_engine", machine.find)
    monkeypatch.setattr(leftovers, "sweep", machine.remove)
    monkeypatch.setattr(leftovers, "runs_of_ours", machine.folders)
    monkeypatch.setattr(running_stacks, "sweep", machine.remove)
    monkeypatch.setattr(running_stacks, "prune_stale_images", machine.prune)
    monkeypatch.setattr(by_hand, "Sentinel", _NoSentinel)
    monkeypatch.setattr(early, "connect", lambda: None)
    monkeypatch.setattr(preparing, "is_prepared", lambda: True)
    monkeypatch.setattr(preparing, "prepare", lambda _progress: None)
    return machine


def without_engine(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Hide the machine's own engine, if it has one, and put a docker command on PATH that resolves compose files.

    Nothing is installed in place of what is hidden.
    """
    program = folder / "docker"
    program.write_text(_DOCKER, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join((str(folder), os.environ["PATH"])))
    monkeypatch.setenv("DOCKER_HOST", _NO_ENGINE)
    connect.cache_clear()
    for step in ("install_engine", "start_engine", "make_base_image", "ensure_image"):
        monkeypatch.setattr(preparing, step, _refuse)


def _refuse(*_asked: object) -> None:
    raise AssertionError("a unit test is about to change this machine")


def _standing(folder: RunFolder, stack: Stack) -> Standing:
    return Standing(folder.run, "project", folder.path, stack, {}, Reach.LOOPBACK)


def no_engine_error() -> EngineError:
    """What an engine that does not answer raises."""
    return EngineError("expected the container engine to answer, but it does not", fix="run `stackproof doctor`")
