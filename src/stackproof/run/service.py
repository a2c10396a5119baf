"""A service of a running stack, as a test uses it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from stackproof.engine.port import RunningStack
from stackproof.machine.waiting import wait_until
from stackproof.model import EngineError, ProbeKind, ProbeReading, Service
from stackproof.observe.probes import ask

Record = Callable[[ProbeReading], None]
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
    record: Record

    @property
    def name(self) -> str:
        """Its name in the declaration."""
        return self.service.name

    @property
    def engine_word(self) -> str:
        """Its state: ``healthy``, ``unhealthy``, ``starting``, ``running``, ``exited``..."""
        return self.engine.state(self.name).word

    def ask(self, kind: ProbeKind, *, within_s: float = 5.0) -> ProbeReading:
        """Ask one of its probes around its links, and note its state at that moment.

        Raises:
            DeclarationError: It declares no such probe.
        """
        probe = self.service.probe(kind)
        try:
            address = self.engine.direct(self.name, probe.port)
        except EngineError as error:
            reading = ProbeReading(self.name, kind, time.monotonic(), 0.0, ok=False, detail=str(error))
        else:
            reading = ask(probe, address.host, address.port, within_s=within_s)
        reading = replace(reading, engine_state=self.engine_word)
        self.record(reading)
        return reading

    def wait_until(self, kind: ProbeKind, *, answers: bool, within_s: float) -> float:
        """Ask a probe until it answers as wanted.

        Args:
            kind: The probe.
            answers: The wanted answer: True for yes.
            within_s: How long to wait, in seconds.

        Returns:
            Seconds until the answer came.

        Raises:
            AssertionError: It did not come in time.
        """
        return self._wait(
            lambda: (reading := self.ask(kind)).ok is answers or reading,
            f"{self.name}'s {kind} to be {'yes' if answers else 'no'}",
            within_s,
        )

    def wait_until_engine_says(self, *words: str, within_s: float) -> float:
        """Wait until its state is one of these, and return how many seconds that took.

        Raises:
            AssertionError: It was not in time.
        """
        return self._wait(
            lambda: (word := self.engine_word) in words or word,
            f"the engine to say {' or '.join(words)} of {self.name}",
            within_s,
        )

    @staticmethod
    def _wait(look: Callable[[], object], wanted: str, within_s: float) -> float:
        """Look until True is seen."""
        waited = wait_until(look, lambda seen: seen is True, within_s=within_s)
        if not waited.in_time:
            raise AssertionError(f"expected {wanted} within {within_s:g} s; last seen: {waited.seen}")
        return waited.took_s

    def kill(self, signal: str = "SIGKILL") -> None:
        """Send a signal to its first process."""
        self.engine.kill(self.name, signal)

    def start(self) -> None:
        """Start it again after it stopped."""
        self.engine.start(self.name)

    def logs(self, tail: int = 200) -> str:
        """Its last log lines, or why there are none."""
        try:
            return self.engine.logs(self.name, tail)
        except EngineError as error:
            return str(error)
