"""What an operator decides about the server."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from servicekit.settings import Environment, SettingError


class Durability(StrEnum):
    """What an acknowledgement promises."""

    FSYNC = "fsync"
    """The file survives a crash of the machine: it was flushed to the disk first."""
    NONE = "none"
    """The file survives a crash of the process."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it; an empty set of types or users means that any will do."""

    storage_dir: Path
    max_size_bytes: int
    allowed_types: frozenset[str]
    allowed_users: frozenset[str]
    durability: Durability
    max_connections: int
    idle_s: float
    request_s: float
    drain_s: float
    disk_threads: int

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read them from the process's variables.

        Raises:
            SettingError: One is missing or unusable.
        """
        return cls(
            storage_dir=Path(environment.text("STORAGE_DIR")),
            max_size_bytes=environment.whole("MAX_SIZE_BYTES"),
            allowed_types=environment.words("ALLOWED_TYPES"),
            allowed_users=environment.words("ALLOWED_USERS"),
            durability=_durability(environment),
            max_connections=environment.whole("MAX_CONNECTIONS"),
            idle_s=environment.seconds("IDLE_S"),
            request_s=environment.seconds("REQUEST_S"),
            drain_s=environment.seconds("DRAIN_S"),
            disk_threads=max(1, environment.whole("DISK_THREADS")),
        )


def _durability(environment: Environment) -> Durability:
    seen = environment.text("DURABILITY")
    if seen not in set(Durability):
        raise SettingError(f"DURABILITY: expected {' or '.join(Durability)}, saw {seen!r}")
    return Durability(seen)
