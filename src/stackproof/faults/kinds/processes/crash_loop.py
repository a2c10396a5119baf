"""``crash_loop``: a service is killed again and again, soon after each start."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from threading import Event

from stackproof.engine.port import RunningStack
from stackproof.faults.fault import ServiceFault
from stackproof.faults.means.ending import bring_back, end_at_once, has_ended
from stackproof.faults.means.recurring import ACTORS
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import ContainerState, Evidence, FaultSpec, Service

_EVERY_MS = IntegerParameter("every_ms", "how long it may live each time", "milliseconds", 100, 30_000, default=1000)
_COMEBACKS = 2
_CHANGES = 2 * _COMEBACKS + 1  # down and up for each, and one that was under way
_ENGINE_WITHIN_S = 3.0  # an engine kills and starts a container in a fifth of a second; a busy one takes longer
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class CrashLoop:
    """A service that does not live long.

    Attributes:
        spec: The fault as it was asked for, whose text names what acts for it.
        service: The service.
        every_ms: How long it may live each time, in milliseconds.
    """

    spec: FaultSpec
    service: Service
    every_ms: int

    def inject(self, engine: RunningStack) -> None:
        """Kill it at once, and have it started and killed from then on."""
        end_at_once(engine, self.service.name)
        ACTORS.start(self.spec, lambda stopping: self._loop(engine, stopping))

    def _loop(self, engine: RunningStack, stopping: Event) -> None:
        while not stopping.is_set():
            bring_back(engine, self.service.name)
            if not stopping.wait(self._every_s):
                end_at_once(engine, self.service.name)

    def evidence(self, engine: RunningStack) -> Evidence:
        """Watch what the engine says of it until it came back twice, or nothing changed for too long."""
        began_s = changed_s = time.monotonic()
        patience_s = self._every_s + _ENGINE_WITHIN_S
        latest_s = began_s + _CHANGES * patience_s
        seen = [engine.state(self.service.name)]
        while comebacks(seen) < _COMEBACKS and time.monotonic() < min(changed_s + patience_s, latest_s):
            time.sleep(_POLL_S)
            state = engine.state(self.service.name)
            if (state.status, state.started_at) != (seen[-1].status, seen[-1].started_at):
                seen.append(state)
                changed_s = time.monotonic()
        return self.judge(seen, time.monotonic() - began_s)

    def judge(self, seen: Sequence[ContainerState], watched_s: float) -> Evidence:
        """It must have come back twice in the watch."""
        count = comebacks(seen)
        return Evidence(
            confirmed=count >= _COMEBACKS,
            observed=f"in {watched_s:.1f} s the engine said {count} times that it was down and then had a new start; "
            f"last it said {seen[-1].status}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Stop to kill it, and see that it runs, whatever became of what killed it."""
        try:
            ACTORS.stop(self.spec)
        finally:
            bring_back(engine, self.service.name)

    @property
    def _every_s(self) -> float:
        return self.every_ms / 1000


def comebacks(seen: Sequence[ContainerState]) -> int:
    """How often a container that had ended was seen to run under a new start."""
    return sum(
        has_ended(before) and not has_ended(after) and "" != before.started_at != after.started_at
        for before, after in pairwise(seen)
    )


def _bind(spec: FaultSpec, service: Service) -> CrashLoop:
    return CrashLoop(spec, service, _EVERY_MS.read(spec))


KIND = ServiceFault("crash_loop", "The service is killed again and again, soon after each start.", (_EVERY_MS,), _bind)
