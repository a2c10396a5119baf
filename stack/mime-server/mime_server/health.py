"""What the server's probes look at."""

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
"""How old what a trial found may be: however often a probe is asked, a trial is made once in this time."""
WITHIN_S = 1.5


class Trial:
    """Tries something out for the probes.

    Attributes:
        attempt: Gives why it does not work, or an empty text.
        late: Why it does not work where the attempt takes too long.
    """

    def __init__(self, attempt: Callable[[], Coroutine[None, None, str]], late: str) -> None:
        self._attempt = attempt
        self._late = late
        self._trial: asyncio.Task[str] | None = None
        self._tried_at = 0.0

    async def why_not(self) -> str:
        """Give why it does not work, or an empty text.

        What hangs is waited for once, not once a probe.
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
    """Try out whether files can be stored, by storing one."""

    async def attempt() -> str:
        try:
            await in_thread(storage.try_write)
        except OSError as error:
            return f"the storage can't be written: {error.strerror or error}"
        return ""

    return Trial(attempt, f"the storage did not take a small file within {WITHIN_S} s")


def policy_trial(policy: Policy) -> Trial:
    """Try out whether it can be decided of files, by asking about one."""
    return Trial(policy.why_closed, f"the policy service gave no answer within {WITHIN_S} s")


@dataclass(frozen=True, slots=True)
class Health:
    """The server's state, as its probes ask for it."""

    listener: Listener
    storage: Trial
    policy: Trial
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
        return await self.why_not_started() or await self.storage.why_not() or await self.policy.why_not()
