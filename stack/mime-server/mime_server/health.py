"""The checks behind the server's probes."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from servicekit.probes import Probes

from mime_server.listener import Listener
from mime_server.policy import Policy
from mime_server.storage import Storage
from mime_server.threads import in_thread

FRESH_S = 1.0
"""Maximum age of a trial's result: however often a probe is asked, there is at most one trial in this time."""
WITHIN_S = 1.5


class Trial:
    """An operation that probes try out, with its result cached.

    Attributes:
        attempt: Returns why the operation fails, or an empty text.
        late: The reason to give if the attempt takes too long.
    """

    def __init__(self, attempt: Callable[[], Coroutine[None, None, str]], late: str) -> None:
        self._attempt = attempt
        self._late = late
        self._trial: asyncio.Task[str] | None = None
        self._tried_at = 0.0

    async def why_not(self) -> str:
        """Why the operation fails, or an empty text.

        A hanging attempt is shared by all probes that wait for it.
        """
        fresh = time.monotonic() - self._tried_at < FRESH_S
        if self._trial is None or (self._trial.done() and not fresh):
            self._tried_at = time.monotonic()
            self._trial = asyncio.create_task(self._attempt())
        try:
            async with asyncio.timeout(WITHIN_S):
                return await asyncio.shield(self._trial)
        except TimeoutError:
            return self._late


def storage_trial(storage: Storage) -> Trial:
    """Try to store a small file."""

    async def attempt() -> str:
        try:
            await in_thread(storage.try_write)
        except OSError as error:
            return f"the storage cannot be written: {error.strerror or error}"
        return ""

    return Trial(attempt, f"storing a small file took more than {WITHIN_S} s")


def policy_trial(policy: Policy) -> Trial:
    """Try to get a decision from the policy service."""
    return Trial(policy.why_closed, f"the policy service did not answer within {WITHIN_S} s")


@dataclass(frozen=True, slots=True)
class Health:
    """The server's state, as its probes see it."""

    listener: Listener
    storage: Trial
    policy: Trial
    started: asyncio.Event

    def probes(self) -> Probes:
        """The check behind each probe."""
        return Probes(live=self.why_not_live, ready=self.why_not_ready, startup=self.why_not_started)

    async def why_not_live(self) -> str:
        """Fail if the listening socket is lost: a server that nobody can reach is not alive."""
        lost = self.started.is_set() and not self.listener.accepting and not self.listener.draining
        return "the server no longer accepts connections" if lost else ""

    async def why_not_started(self) -> str:
        """Fail while the storage is being scanned."""
        return "" if self.started.is_set() else "the storage is still being scanned"

    async def why_not_ready(self) -> str:
        """Fail if a file sent now would not be stored."""
        if self.listener.draining:
            return "the server is shutting down"
        return await self.why_not_started() or await self.storage.why_not() or await self.policy.why_not()
