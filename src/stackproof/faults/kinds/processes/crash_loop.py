"""``crash_loop``: a service is killed again and again, soon after each start."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from threading import Event

from stackproof.engine.port import RunningStack
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.background_tasks import BACKGROUND
from stackproof.faults.means.run_state import ensure_running, has_ended, kill_now
from stackproof.faults.parameters import IntegerParameter
from stackproof.faults.targets import SERVICE
from stackproof.machine.waiting import Waited, wait_until
from stackproof.model import ContainerState, Evidence, FaultSpec, Service

_EVERY_MS = IntegerParameter("every_ms", "how long it runs each time", "milliseconds", 100, 30_000, default=1000)
_COMEBACKS = 2
_CHANGES = 2 * _COMEBACKS + 1  # down and up for each, and one that was already under way
_ENGINE_WITHIN_S = 3.0  # an engine kills and starts a container in a fifth of a second; a busy one takes longer
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class CrashLoop:
    """A service that never runs for long.

    Attributes:
        spec: The fault as it was requested, whose text identifies its background thread.
        service: The service.
        every_ms: How long it runs each time, in milliseconds.
    """

    spec: FaultSpec
    service: Service
    every_ms: int

    def inject(self, engine: RunningStack) -> None:
        """Kill it at once; from then on, start and kill it in the background."""
        kill_now(engine, self.service.name)
        BACKGROUND.start(self.spec, lambda stopping: self._loop(engine, stopping))

    def _loop(self, engine: RunningStack, stopping: Event) -> None:
        while not stopping.is_set():
            ensure_running(engine, self.service.name)
            if not stopping.wait(self._every_s):
                kill_now(engine, self.service.name)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Watch its state until it came back twice, or has not changed for too long."""
        began_s = time.monotonic()
        latest_s = began_s + _CHANGES * self._patience_s
        states = [engine.state(self.service.name)]
        while comebacks(states) < _COMEBACKS and (left_s := latest_s - time.monotonic()) > 0:
            changed = self._next_state(engine, states[-1], min(left_s, self._patience_s))
            if not changed.in_time:
                break
            states.append(changed.seen)
        return self.judge(states, time.monotonic() - began_s)

    def _next_state(self, engine: RunningStack, before: ContainerState, within_s: float) -> Waited[ContainerState]:
        return wait_until(
            lambda: engine.state(self.service.name),
            lambda state: (state.status, state.started_at) != (before.status, before.started_at),
            within_s=within_s,
            poll_s=_POLL_S,
        )

    def judge(self, states: Sequence[ContainerState], watched_s: float) -> Evidence:
        """Confirmed if it came back twice."""
        count = comebacks(states)
        return Evidence(
            confirmed=count >= _COMEBACKS,
            observed=f"in {watched_s:.1f} s the engine reported {count} times that it was down and then started again; "
            f"at the end it reported {states[-1].status}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Stop killing it, and make sure that it runs, whatever became of the background thread."""
        try:
            BACKGROUND.stop(self.spec)
        finally:
            ensure_running(engine, self.service.name)

    @property
    def _every_s(self) -> float:
        return self.every_ms / 1000

    @property
    def _patience_s(self) -> float:
        """How long it may take until its state changes, in seconds."""
        return self._every_s + _ENGINE_WITHIN_S


def comebacks(states: Sequence[ContainerState]) -> int:
    """How often a container that had ended was seen to run with a new start."""
    return sum(
        has_ended(before) and not has_ended(after) and "" != before.started_at != after.started_at
        for before, after in pairwise(states)
    )


def _bind(spec: FaultSpec, service: Service) -> CrashLoop:
    return CrashLoop(spec, service, _EVERY_MS.read(spec))


KIND = fault_kind(
    "crash_loop", SERVICE, "The service is killed again and again, soon after each start.", (_EVERY_MS,), _bind
)
