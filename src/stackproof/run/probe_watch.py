"""Asks every service's probes again and again while something is done to the stack."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Event, Lock, Thread

from stackproof.engine.port import RunningStack
from stackproof.model import ContainerState, EngineError, Probe, ProbeKind, ProbeReading, Service
from stackproof.observe.probing import ask_probe
from stackproof.run.service import RecordReading

_EVERY_S = 0.4
_WITHIN_S = 2.0
_KINDS = (ProbeKind.LIVENESS, ProbeKind.READINESS)


class ProbeWatch:
    """Asks liveness and readiness of each service again and again, each service in a thread of its own.

    Args:
        engine: The stack.
        record: Takes every reading.

    Attributes:
        readings: Every reading so far.
    """

    def __init__(self, engine: RunningStack, record: RecordReading) -> None:
        self._engine = engine
        self._record = record
        self._ended = Event()
        self._lock = Lock()
        self._states: Mapping[str, ContainerState] = {}
        self._failures: list[Exception] = []
        self.readings: list[ProbeReading] = []

    @contextmanager
    def on(self) -> Iterator[None]:
        """Watch while the block runs.

        Raises:
            Exception: The error that ended a thread of the watch early, unless the block itself raised one.
        """
        self._read_states()
        threads = [self._thread("watch states", self._poll_states)]
        threads += [
            self._thread(f"watch {service.name}", partial(self._poll_probes, service))
            for service in self._engine.stack.standing
            if service.probes
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()
        if self._failures:
            raise self._failures[0]

    def _thread(self, name: str, work: Callable[[], None]) -> Thread:
        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - raised at the end of the block, since nobody waits for a thread
                self._failures.append(error)

        return Thread(target=run, name=name, daemon=True)

    def _poll_states(self) -> None:
        while not self._ended.wait(_EVERY_S / 2):
            self._read_states()

    def _read_states(self) -> None:
        try:
            self._states = self._engine.all_states()
        except EngineError:  # a busy engine is asked again; a dead one fails the next caller that needs it
            self._states = {}

    def _poll_probes(self, service: Service) -> None:
        probes = [probe for probe in service.probes if probe.kind in _KINDS]
        while not self._ended.wait(_EVERY_S):
            for probe in probes:
                self._take(self._ask(service, probe))

    def _ask(self, service: Service, probe: Probe) -> ProbeReading:
        try:
            address = self._engine.direct(service.name, probe.port)
        except EngineError as error:
            return ProbeReading(service.name, probe.kind, time.monotonic(), 0.0, ok=False, detail=str(error))
        return ask_probe(probe, address.host, address.port, within_s=_WITHIN_S)

    def _take(self, reading: ProbeReading) -> None:
        state = self._states.get(reading.service)
        noted = replace(reading, engine_state=state.word if state else "")
        with self._lock:
            self.readings.append(noted)
            self._record(noted)
