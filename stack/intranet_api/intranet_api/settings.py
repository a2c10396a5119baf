"""The application's settings."""

from dataclasses import dataclass
from typing import Self

from servicekit.settings import Environment
from servicekit.upstream import MimeServer


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings."""

    mime_server: MimeServer
    drain_s: float

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read them from the process's environment.

        Raises:
            SettingError: One is missing or unusable.
        """
        return cls(
            mime_server=MimeServer.read(environment),
            drain_s=environment.seconds("DRAIN_S"),
        )
