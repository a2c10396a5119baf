"""What an operator decides about the application."""

from dataclasses import dataclass
from typing import Self

from servicekit.settings import Environment
from servicekit.wire import Address, Timeouts


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it."""

    mime_server: Address
    timeouts: Timeouts
    drain_s: float

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read them from the process's variables.

        Raises:
            SettingError: One is missing or unusable.
        """
        return cls(
            mime_server=environment.address("MIME_SERVER"),
            timeouts=Timeouts(environment.seconds("MIME_CONNECT_S"), environment.seconds("MIME_SILENCE_S")),
            drain_s=environment.seconds("DRAIN_S"),
        )
