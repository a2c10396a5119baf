"""The mime-server that an application depends on."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Self

from servicekit.settings import Environment
from servicekit.wire import Address, MimeConnection, Timeouts, connected, why_unreachable

READY_WITHIN_S = 1.5


@dataclass(frozen=True, slots=True)
class MimeServer:
    """Where it listens, and how long to wait for it."""

    address: Address
    timeouts: Timeouts

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read it from the process's environment.

        Raises:
            SettingError: A variable is missing or unusable.
        """
        return cls(
            environment.address("MIME_SERVER"),
            Timeouts(environment.seconds("MIME_CONNECT_S"), environment.seconds("MIME_SILENCE_S")),
        )

    def connected(self) -> AbstractAsyncContextManager[MimeConnection]:
        """Connect for as long as the block runs.

        Raises:
            MimeUnavailableError: It cannot be reached in time.
        """
        return connected(self.address, self.timeouts)

    async def why_not_ready(self) -> str:
        """Why an application that depends on it is not ready; an empty text if it answers PING."""
        return await why_unreachable(self.address, READY_WITHIN_S)
