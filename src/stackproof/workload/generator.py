"""The open loop: requests are sent when they are due, whatever the server does."""

import asyncio
import resource
import time
from collections.abc import Iterator

from stackproof.protocols.registry import protocol_of
from stackproof.workload.client import LoadClient, Record
from stackproof.workload.plan import LoadPlan
from stackproof.workload.timer import precise_timer

_BURST = 32
"""Requests sent in a row before the event loop may read answers again."""

_SPARE_FILES = 64


class Generator:
    """Sends the requests of a plan.

    Args:
        plan: The load.
        record: Called with every request that ended.

    Raises:
        DeclarationError: The protocol cannot prepare the request, for example because a file cannot be read.
    """

    def __init__(self, plan: LoadPlan, record: Record) -> None:
        protocol = protocol_of(plan.target)
        target = protocol.read_target(plan.target)
        request = protocol.request_type() if plan.request is None else plan.request
        endpoint, dialect = protocol.endpoint(target, request), protocol.dialect(target, request)
        self._client = LoadClient(plan.name, endpoint, dialect, plan.deadline_s, record)
        self._offsets: Iterator[float] = plan.schedule.offsets()
        self._max_open = min(plan.max_open, _open_files())
        self._too_late_s = plan.deadline_s
        self._start_s = 0.0
        self._next_s: float | None = None
        self._over = asyncio.Event()
        self.dropped = 0
        """Requests that were not sent, because too many were open or they were a whole deadline late."""

    @property
    def sent(self) -> int:
        """How many requests were sent."""
        return self._client.sent

    async def run(self, start_s: float) -> None:
        """Send everything and wait for the answers; ``start_s`` is offset 0 of the schedule, on the monotonic clock."""
        self._start_s = start_s
        self._timer = precise_timer(self._send_due)
        try:
            self._advance()
            self._send_due()
            await self._over.wait()
            await self._client.settled()
        finally:
            self._timer.close()
            self._client.close()

    def stop(self) -> None:
        """Stop sending."""
        self._next_s = None
        self._over.set()

    def _advance(self) -> None:
        offset_s = next(self._offsets, None)
        self._next_s = None if offset_s is None else self._start_s + offset_s

    def _send_due(self) -> None:
        for _ in range(_BURST):
            if self._next_s is None or (late_s := time.monotonic() - self._next_s) < 0:
                break
            if self._client.open >= self._max_open or late_s > self._too_late_s:
                self.dropped += 1
            else:
                self._client.send(self._next_s)
            self._advance()
        if self._next_s is None:
            self._over.set()
        else:
            self._timer.set(self._next_s)


def _open_files() -> int:
    """Raise the limit on open files as far as allowed; return how many connections that leaves."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return max(1, hard - _SPARE_FILES) if hard != resource.RLIM_INFINITY else 1 << 30
