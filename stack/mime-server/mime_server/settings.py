"""The server's settings."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

from servicekit.settings import Environment, SettingError

Choice = TypeVar("Choice", bound=StrEnum)


class Durability(StrEnum):
    """What an acknowledgement guarantees."""

    FSYNC = "fsync"
    """The file survives a crash of the machine: it is flushed to the disk first."""
    NONE = "none"
    """The file survives a crash of the process."""


class WhenGone(StrEnum):
    """What happens to a file if the policy service gives no decision in time."""

    CLOSED = "closed"
    """It is refused."""
    OPEN = "open"
    """It is stored and counted."""


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """The policy service: the URL of its decision, how long to wait for it, and what to do without one."""

    url: str
    within_s: float
    when_gone: WhenGone


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. An empty set of types or users allows any; without a policy none is asked."""

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
    policy: PolicySettings | None = None

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read them from the process's environment.

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
            policy=_policy(environment),
        )


def _durability(environment: Environment) -> Durability:
    return _one_of(Durability, environment, "DURABILITY")


def _policy(environment: Environment) -> PolicySettings | None:
    within_s, when_gone = environment.seconds("POLICY_S"), _one_of(WhenGone, environment, "POLICY_WHEN_GONE")
    url = environment.text("POLICY_URL")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(f"POLICY_URL: expected http://host:port/path, or nothing, saw {url!r}")
    return PolicySettings(url, within_s, when_gone)


def _one_of(choices: type[Choice], environment: Environment, name: str) -> Choice:
    seen = environment.text(name)
    if seen not in set(choices):
        raise SettingError(f"{name}: expected {' or '.join(choices)}, saw {seen!r}")
    return choices(seen)
