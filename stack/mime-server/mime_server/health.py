"""What the server's probes look at."""

import asyncio
import time
from dataclasses import dataclass

from servicekit.probes import Probes

from mime_server.listener import Listener
from mime_server.storage import Storage
from mime_server.threads import in_thread

FRESH_S = 1.0
"""How old an answer of the disk may be: however often the probe is asked, the disk is asked once in this time."""
WITHIN_S = 1.5


class StorageCheck:
    """Tries out whether files can be stored, by storing one."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._trial: asyncio.Task[str] | None = None
        self._tried_at = 0.0

    async def why_not_writable(self) -> str:
        """Give why files can't be stored, or an empty text.

        A disk that hangs is waited for once, not once a probe.
        """
        fresh = time.monotonic() - self._tried_at < FRESH_S
        if self._trial is None or (self._trial.done() and not fresh):
            self._tried_at = time.monotonic()
            self._trial = asyncio.create_task(self._try())
        try:
            async with asyncio.timeout(WITHIN_S):
                return await asyncio.shield(self._trial)
        except TimeoutError:
            return f"the storage did not take a small file within {WITHIN_S} s"

    async def _try(self) -> str:
        try:
            await in_thread(self._storage.try_write)
        except OSError as error:
            return f"the storage can't be written: {error.strerror or error}"
        return ""


@dataclass(frozen=True, slots=True)
class Health:
    """The server's state, as its probes ask for it."""

    listener: Listener
    storage_check: StorageCheck
    started: asyncio.Event

    def probes(self) -> Probes:
        """Give what each probe looks at."""
        return Probes(live=self.why_not_live, ready=self.why_not_ready, startup=self.why_not_started)

    async def why_not_live(self) -> str:
        """Find out whether the socket is lost: a server that nobody can reach does not live."""
        lost = self.started.is_set() and not self.listener.accepting and not self.listener.draining
        return "the server no longer accepts connections" if lost else ""

    async def why_not_started(self) -> str:
        """Find out whether the storage is still being looked through."""
        return "" if self.started.is_set() else "the storage is still being looked through"

    async def why_not_ready(self) -> str:
        """Find out whether a file sent now would be stored."""
        if self.listener.draining:
            return "the server is shutting down"
        return await self.why_not_started() or await self.storage_check.why_not_writable()
