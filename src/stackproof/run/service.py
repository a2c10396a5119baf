"""A service of a standing stack, as a test speaks of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from stackproof.engine.port import Engine
from stackproof.model import EngineError, ProbeKind, ProbeReading, Service
from stackproof.observe.probing import ask_probe

_PAUSE_S = 0.05

Record = Callable[[ProbeReading], None]
"""Takes a reading of a probe."""


@dataclass(frozen=True, slots=True)
class StandingService:
    """A service that can be asked and disturbed.

    Attributes:
        service: As declared.
        engine: The engine that it stands on.
        record: Takes every reading of a probe.
    """

    service: Service
    engine: Engine
    record: Record

    @property
    def name(self) -> str:
        """Its name in the compose file."""
        return self.service.name

    @property
    def engine_word(self) -> str:
        """What the engine says of it: ``healthy``, ``unhealthy``, ``starting``, ``running``, ``exited``..."""
        return self.engine.state(self.name).word

    def ask(self, kind: ProbeKind, *, within_s: float = 5.0) -> ProbeReading:
        """Ask one of its probes, beside its links, and note the engine's word of that moment.

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
        """Wait until the engine's word is one of these; seconds until then.

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
        start_s = time.monotonic()
        while (seen := look()) is not True:
            if time.monotonic() - start_s > within_s:
                raise AssertionError(f"expected {wanted} within {within_s:g} s; last seen: {seen}")
            time.sleep(_PAUSE_S)
        return time.monotonic() - start_s

    def kill(self, signal: str = "SIGKILL") -> None:
        """Send a signal to its first process."""
        self.engine.kill(self.name, signal)

    def start(self) -> None:
        """Start it again after it stopped."""
        self.engine.start(self.name)

    def logs(self, tail: int = 200) -> str:
        """Its last log lines, or why they cannot be had."""
        try:
            return self.engine.logs(self.name, tail)
        except EngineError as error:
            return str(error)
