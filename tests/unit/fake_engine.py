"""An engine in memory, implementing ``port.Engine``: what it starts are ``FakeStack``s."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from stackproof.engine.port import (
    Capability,
    Declaration,
    DeclarationReading,
    Leftovers,
    OwnFile,
    ProgramOutput,
    Report,
    StartOrder,
)
from stackproof.model import DeclarationError, EngineError, Stack
from tests.unit.fakes import FakeStack, run_tiny_program, small_stack

RECORD = "fake.txt"


class FakeReading:
    """The resolution of a declaration, which is there at once."""

    is_sound = True

    def close(self) -> None:
        """Nothing is left."""


@dataclass
class FakeGuard:
    """A guard that only remembers.

    Attributes:
        run: The run that it guards.
        instead: The command that it would run.
        is_on: True between its start and its dismissal.
    """

    run: str
    instead: tuple[str, ...] = ()
    is_on: bool = False

    def start(self) -> None:
        """Remember it."""
        self.is_on = True

    def dismiss(self) -> None:
        """Remember it."""
        self.is_on = False


class FakeToolbox:
    """Runs tiny programs."""

    def __init__(self) -> None:
        self._is_built = False

    def is_built(self) -> bool:
        """True once it was built."""
        return self._is_built

    def build(self, report: Callable[[str], None]) -> None:
        """Remember it."""
        if not self._is_built:
            report("building nothing")
        self._is_built = True

    def run(self, command: tuple[str, ...], given: bytes, timeout_s: float) -> ProgramOutput:
        """Run a tiny program to its end."""
        del timeout_s
        code, output = run_tiny_program(command, {}, given)
        return ProgramOutput(code, output.encode(), "")

    @contextmanager
    def stream(self, command: tuple[str, ...], given: IO[bytes], environment: Mapping[str, str]) -> Iterator[IO[bytes]]:
        """Run a tiny program whose output is there at once."""
        code, output = run_tiny_program(command, environment, given.read())
        yield io.BytesIO(output.encode())
        if code != 0:
            raise EngineError(f"{command} ended with {code}")


@dataclass
class FakeEngine:
    """An engine in memory.

    Attributes:
        stacks: The stacks that it can read, by their files.
        running: What runs, by the run's id.
        guards: Guards that were asked for.
        lacking: Why a capability is missing, by capability.
        done: What was done to the machine, in order.
    """

    stacks: dict[Path, Stack] = field(default_factory=lambda: {small_stack().file: small_stack()})
    running: dict[str, FakeStack] = field(default_factory=dict)
    guards: list[FakeGuard] = field(default_factory=list)
    lacking: dict[Capability, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    toolbox: FakeToolbox = field(default_factory=FakeToolbox)
    file_names: tuple[str, ...] = ("compose.yaml", "docker-compose.yml")

    def lacks(self, capability: Capability) -> str | None:
        """Why it is missing, where the test says so."""
        return self.lacking.get(capability)

    def connect(self) -> None:
        """Nothing is far away."""

    def preload(self) -> None:
        """Everything is there."""

    def begin_reading(self, file: Path) -> DeclarationReading:
        """It is there at once."""
        del file
        return FakeReading()

    def read(self, file: Path, reading: DeclarationReading | None = None) -> Declaration:
        """The stack of this file."""
        del reading
        if file not in self.stacks:
            raise DeclarationError(f"expected a stack file, but cannot read {file}", where=str(file))
        return Declaration(self.stacks[file], source=self.stacks[file])

    def start(self, order: StartOrder, report: Report) -> FakeStack:
        """Start a stack in no time."""
        report("starting")
        running = FakeStack(order.declaration.stack)
        running.run, running.folder, running.lacking = order.run, order.folder, self.lacking
        (order.folder / RECORD).write_text(order.run, encoding="utf-8")
        self.running[order.run] = running
        return running

    def interrupt_starts(self) -> None:
        """Remember it."""
        self.done.append("interrupted")

    def find(self, folder: Path) -> FakeStack:
        """The stack whose record lies there."""
        try:
            return self.running[(folder / RECORD).read_text(encoding="utf-8")]
        except (OSError, KeyError) as error:
            raise EngineError(f"expected the record of a running stack, but: {error}", where=str(folder)) from None

    def runs(self) -> Mapping[str, Path]:
        """What runs."""
        return {run: stack.folder for run, stack in self.running.items()}

    def leftovers(self, run: str | None) -> Leftovers:
        """What a real engine would have of it."""
        stacks = [stack for name, stack in self.running.items() if run in {None, name}]
        return Leftovers(
            containers=tuple(name for stack in stacks for name in stack.containers()),
            networks=tuple(network.name for stack in stacks for network in stack.networks()),
        )

    def sweep(self, run: str | None, deadline_s: float = 60.0) -> Leftovers:
        """Forget it."""
        del deadline_s
        removed = self.leftovers(run)
        self.done.append(f"swept {run}")
        for name in [name for name in self.running if run in {None, name}]:
            del self.running[name]
        return removed

    def guard(self, run: str, folder: Path, instead: tuple[str, ...] = ()) -> FakeGuard:
        """A guard that only remembers."""
        del folder
        self.guards.append(FakeGuard(run, instead))
        return self.guards[-1]

    def service_images(self, declaration: Declaration, report: Callable[[str], None]) -> tuple[str, ...]:
        """One image a service."""
        del report
        return tuple(f"{declaration.stack.name}/{service.name}" for service in declaration.stack.services)

    def own_files(self, images: Sequence[str], base: str) -> Iterator[OwnFile]:
        """One file an image."""
        del base
        return (OwnFile(image, "0" * 12, "app/program", b"") for image in images)

    def remove_images(self) -> tuple[str, ...]:
        """There are none."""
        return ()
