"""A machine whose stacks run in memory: the one place where tests of the doors replace the container engine.

The command line and the pytest plugin are tested from outside, by arguments, output, exit codes and files. All beneath
them is real but this: ``FakeMachine`` starts, finds and removes stacks, and ``docker compose config`` is a shell script
that prints the file as it is. So the compose files of these tests are written as Compose resolves them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import stackproof.engine.docker.engine as docker_engine
from stackproof.engine import engines
from stackproof.engine.docker.api_client import connect
from stackproof.engine.port import Address, Declaration, DeclarationReading, Leftovers, Report, StartOrder
from stackproof.host import setup as preparing
from stackproof.model import ContainerChange, EngineError, Link
from tests.unit.fake_engine import FakeEngine, FakeToolbox
from tests.unit.fakes import FakeStack

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


class QuietStack(FakeStack):
    """A stack in memory whose service ``web`` is served where the machine serves it."""

    @contextmanager
    def watched(self, _notify: Callable[[ContainerChange], None]) -> Iterator[None]:
        """Nothing happens to containers that do not exist."""
        yield

    def logs(self, service: str, tail: int = 200) -> str:
        """One line that names the service."""
        return f"{service}: a line of the last {tail}\n"


class NoToolbox(FakeToolbox):
    """A tools image that cannot be built."""

    def build(self, report: Callable[[str], None]) -> None:
        """Refuse."""
        report("building the tools image")
        raise no_engine_error()


@dataclass
class FakeMachine(FakeEngine):
    """An engine that reads compose files as the real one does, and keeps what it starts in memory.

    Attributes:
        web: Where the service ``web`` is served, on all its links; nowhere if None.
        removed: Runs whose stack was removed, in order.
        pruned: Images that `down --images` removes.
        start_error: What starting a stack raises.
        removal_error: What removing one raises.
    """

    toolbox: FakeToolbox = field(default_factory=NoToolbox)
    web: Address | None = None
    removed: list[str] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)
    start_error: Exception | None = None
    removal_error: Exception | None = None

    def begin_reading(self, file: Path) -> DeclarationReading:
        """Begin to resolve a compose file, with the docker command on PATH."""
        return docker_engine.DockerEngine().begin_reading(file)

    def read(self, file: Path, reading: DeclarationReading | None = None) -> Declaration:
        """Read a compose file."""
        return docker_engine.DockerEngine().read(file, reading)

    def start(self, order: StartOrder, report: Report) -> FakeStack:
        """Start a stack."""
        stack = order.declaration.stack
        report(f"starting {len(stack.standing)} services and their proxies")
        entered: dict[Link, Address] = {}
        if self.web is not None:
            entered = {link: self.web for link in stack.links() if link.service == "web"}
        direct = {("web", 80): self.web} if self.web is not None else {}
        running = QuietStack(stack, over=entered, direct=direct)
        running.run, running.folder, running.lacking = order.run, order.folder, self.lacking
        self.running[order.run] = running
        if self.start_error is not None:
            raise self.start_error
        return running

    def find(self, folder: Path) -> FakeStack:
        """The stack of the run that has this folder."""
        return self.running[folder.name]

    def sweep(self, run: str | None, deadline_s: float = 60.0) -> Leftovers:
        """Remove a run's stack, or every one if None."""
        self.removed += [name for name in self.running if run in {None, name}]
        removed = super().sweep(run, deadline_s)
        if self.removal_error is not None:
            raise self.removal_error
        return removed

    def remove_images(self) -> tuple[str, ...]:
        """Remove images."""
        return tuple(self.pruned)


def install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> FakeMachine:
    """Put a fake machine in place of the real one, until the test ends.

    Args:
        monkeypatch: Undoes it.
        folder: A folder for the fake docker command.
    """
    without_engine(monkeypatch, folder)
    machine = FakeMachine()
    monkeypatch.setattr(engines, "engine_named", lambda _name: machine)  # the real one keeps what it gave
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
    for step in ("install_engine", "start_engine", "provide_base_image", "ensure_image"):
        monkeypatch.setattr(preparing, step, _refuse)


def _refuse(*_asked: object) -> None:
    raise AssertionError("a unit test is about to change this machine")


def no_engine_error() -> EngineError:
    """What an engine that does not answer raises."""
    return EngineError("expected the container engine to answer, but it does not", fix="run `stackproof doctor`")
