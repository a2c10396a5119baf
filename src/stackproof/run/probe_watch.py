"""Watches every service's probes while something is done to the stack."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Event, Lock, Thread

from stackproof.engine.port import RunningStack
from stackproof.model import ContainerState, EngineError, Probe, ProbeKind, ProbeReading, Service
from stackproof.observe.probes import ask
from stackproof.run.service import Record

_EVERY_S = 0.4
_WITHIN_S = 2.0
_KINDS = (ProbeKind.LIVENESS, ProbeKind.READINESS)


class Watch:
    """Asks liveness and readiness of each service again and again, each service in a thread of its own.

    Args:
        engine: The stack.
        record: Takes every reading.
    """

    def __init__(self, engine: RunningStack, record: Record) -> None:
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
            Exception: What ended a part of the watch early, if the block itself ended well.
        """
        self._look()
        threads = [self._thread("watch states", self._keep_looking)]
        threads += [
            self._thread(f"watch {service.name}", partial(self._keep_asking, service))
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
            except Exception as error:  # noqa: BLE001 - nobody hears a thread: the end of the block tells it
                self._failures.append(error)

        return Thread(target=run, name=name, daemon=True)

    def _keep_looking(self) -> None:
        while not self._ended.wait(_EVERY_S / 2):
            self._look()

    def _look(self) -> None:
        try:
            self._states = self._engine.all_states()
        except EngineError:  # a busy engine is asked again; a dead one is noticed by whoever asks for something
            self._states = {}

    def _keep_asking(self, service: Service) -> None:
        probes = [probe for probe in service.probes if probe.kind in _KINDS]
        while not self._ended.wait(_EVERY_S):
            for probe in probes:
                self._note(self._ask(service, probe))

    def _ask(self, service: Service, probe: Probe) -> ProbeReading:
        try:
            address = self._engine.direct(service.name, probe.port)
        except EngineError as error:
            return ProbeReading(service.name, probe.kind, time.monotonic(), 0.0, ok=False, detail=str(error))
        return ask(probe, address.host, address.port, within_s=_WITHIN_S)

    def _note(self, reading: ProbeReading) -> None:
        state = self._states.get(reading.service)
        noted = replace(reading, engine_state=state.word if state else "")
        with self._lock:
            self.readings.append(noted)
            self._record(noted)
