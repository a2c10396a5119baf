"""Counts, times and logs each transfer."""

import asyncio
import logging
import time
from types import TracebackType
from typing import Self

from mime_server.metrics import Metrics, Outcome
from mime_server.refusals import SERVER_FAULTS, RefusalError

LEVELS = {Outcome.OK: logging.INFO, Outcome.FAILED: logging.ERROR}

log = logging.getLogger(__name__)


class Transfer:
    """Wraps one transfer; how the block ends is how the transfer ended."""

    def __init__(self, metrics: Metrics, command: str, peer: str) -> None:
        self._metrics = metrics
        self._command = command
        self._fields: dict[str, object] = {"command": command, "peer": peer}
        self._began = time.monotonic()

    def describe(self, name: str, size_bytes: int) -> None:
        """Record which file it is."""
        self._fields |= {"name": name, "size_bytes": size_bytes}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        outcome = outcome_of(error)
        duration_s = time.monotonic() - self._began
        self._metrics.transfers.labels(outcome).inc()
        self._metrics.duration.labels(self._command).observe(duration_s)
        self._fields |= {"status": outcome, "duration_s": round(duration_s, 6)}
        if error:
            self._fields["reason"] = str(error) or type(error).__name__
        log.log(LEVELS.get(outcome, logging.WARNING), "transfer", extra={"fields": self._fields})


def outcome_of(error: BaseException | None) -> Outcome:
    """The outcome of a transfer that ended with this exception, or with none."""
    match error:
        case None:
            return Outcome.OK
        case RefusalError():
            return Outcome.FAILED if error.code in SERVER_FAULTS else Outcome.REJECTED
        case ConnectionError() | TimeoutError():
            return Outcome.ABORTED
        case asyncio.CancelledError():  # its deadline, or the server's shutdown
            return Outcome.FAILED
    return Outcome.FAILED
