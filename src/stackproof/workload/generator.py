"""The open loop: requests go out when the schedule says so, whatever the server does."""

import asyncio
import resource
import ssl
import time
from collections.abc import Iterator

from stackproof.model import DeclarationError, Location
from stackproof.protocols.http.dialect import HttpDialect
from stackproof.protocols.http.request import HttpRequest, Trust
from stackproof.protocols.interface import Dialect
from stackproof.protocols.mime.dialect import MimeDialect
from stackproof.protocols.target import Scheme, Target
from stackproof.workload.client import Client, Endpoint, Record
from stackproof.workload.plan import LoadPlan
from stackproof.workload.timer import precise_timer

_BURST = 32
"""Requests sent in a row before the event loop may read answers again."""

_FILES_TO_SPARE = 64


class Generator:
    """Sends what a plan plans.

    Args:
        plan: What to do.
        record: Told of every request that ended.

    Raises:
        DeclarationError: The certificates to trust cannot be read.
    """

    def __init__(self, plan: LoadPlan, record: Record) -> None:
        target = Target.parse(plan.target)
        self._client = Client(
            plan.name, _endpoint(target, plan.request), _dialect(target, plan), plan.deadline_s, record
        )
        self._offsets: Iterator[float] = plan.schedule.offsets()
        self._max_open = min(plan.max_open, _open_files())
        self._too_late_s = plan.deadline_s
        self._start_s = 0.0
        self._next_s: float | None = None
        self._over = asyncio.Event()
        self.dropped = 0
        """Requests that were not sent: too many were open, or they were a whole deadline late."""

    @property
    def sent(self) -> int:
        """Requests that were sent."""
        return self._client.sent

    async def run(self, start_s: float) -> None:
        """Send everything and wait for the answers; offset 0 is at this moment on the monotonic clock."""
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
        """Send no more."""
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


def _endpoint(target: Target, request: HttpRequest) -> Endpoint:
    if target.scheme is not Scheme.HTTPS:
        return Endpoint(target.host, target.port)
    return Endpoint(target.host, target.port, _tls(request), request.server_name or target.host)


def _tls(request: HttpRequest) -> ssl.SSLContext:
    if request.trust is Trust.ANYONE:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # a default one reads all of the system's certificates
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        return ssl.create_default_context(cafile=request.ca_file)
    except OSError as error:
        where = Location(request.ca_file) if request.ca_file else None
        raise DeclarationError(f"cannot read the certificates to trust: {error}", where=where) from None


def _dialect(target: Target, plan: LoadPlan) -> Dialect:
    if target.scheme is Scheme.MIME:
        return MimeDialect(plan.upload)
    return HttpDialect(target, plan.request)


def _open_files() -> int:
    """How many connections this process can hold, after asking for as many as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return max(1, hard - _FILES_TO_SPARE) if hard != resource.RLIM_INFINITY else 1 << 30
