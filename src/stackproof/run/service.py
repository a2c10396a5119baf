"""A service of a running stack, as a test uses it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from stackproof.engine.port import RunningStack
from stackproof.machine.waiting import wait_until
from stackproof.model import EngineError, ProbeKind, ProbeReading, Service
from stackproof.observe.probing import ask_probe

RecordReading = Callable[[ProbeReading], None]
"""Takes a reading of a probe."""


@dataclass(frozen=True, slots=True)
class RunningService:
    """A service that can be asked and disturbed.

    Attributes:
        service: As declared.
        engine: The running stack that it is part of.
        record: Takes every reading of a probe.
    """

    service: Service
    engine: RunningStack
    record: RecordReading

    @property
    def name(self) -> str:
        """Its name in the declaration."""
        return self.service.name

    def state(self) -> str:
        """Ask the engine for its state: ``healthy``, ``unhealthy``, ``starting``, ``running``, ``exited``..."""
        return self.engine.state(self.name).word

    def ask(self, kind: ProbeKind, *, within_s: float = 5.0) -> ProbeReading:
        """Ask one of its probes at its direct address, and record the answer with the engine's state of that moment.

        Raises:
            DeclarationError: It declares no such probe.
        """
        probe = self.service.probe(kind)
        try:
            address = self.engine.direct(self.name, probe.port)
        except EngineError as error:
            reading = ProbeReading(self.name, kind, time.monotonic(), 0.0, ok=False, detail=str(error))
        else:
            reading = ask_probe(probe, address.host, address.port, within_s=within_s)
        reading = replace(reading, engine_state=self.state())
        self.record(reading)
        return reading

    def wait_until(self, kind: ProbeKind, *, answers: bool, within_s: float) -> float:
        """Ask a probe until it gives an answer.

        Args:
            kind: The probe.
            answers: The answer: True for yes.
            within_s: How long to wait, in seconds.

        Returns:
            Seconds until that answer.

        Raises:
            AssertionError: It did not come in time.
        """
        waited = wait_until(lambda: self.ask(kind), lambda reading: reading.ok is answers, within_s=within_s)
        if not waited.in_time:
            raise AssertionError(
                f"expected {self.name}'s {kind} to be {'yes' if answers else 'no'} within {within_s:g} s; "
                f"last seen: {waited.seen}"
            )
        return waited.took_s

    def wait_until_state(self, *states: str, within_s: float) -> float:
        """Wait until the engine reports one of these states; seconds until then.

        Raises:
            AssertionError: It did not in time.
        """
        waited = wait_until(self.state, lambda state: state in states, within_s=within_s)
        if not waited.in_time:
            raise AssertionError(
                f"expected {self.name} to be {' or '.join(states)} within {within_s:g} s; last seen: {waited.seen}"
            )
        return waited.took_s

    def kill(self, signal: str = "SIGKILL") -> None:
        """Send a signal to its first process."""
        self.engine.kill(self.name, signal)

    def start(self) -> None:
        """Start it again after it stopped."""
        self.engine.start(self.name)

    def logs(self, tail: int = 200) -> str:
        """Its last log lines, or why they cannot be read."""
        try:
            return self.engine.logs(self.name, tail)
        except EngineError as error:
            return str(error)
