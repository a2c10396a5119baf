"""The exporter's settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from servicekit.settings import Environment, SettingError


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings.

    Attributes:
        socket: The engine's socket.
        container: This container's id, or a prefix of it. The project that it belongs to is the one that is measured.
        name_labels: Container labels that name a service; the first that a container has counts.
        skip_labels: Labels with values; a container with one of them is not a service.
        cache_s: How long to reuse a snapshot, in seconds.
        engine_s: How long to wait for an answer of the engine, in seconds.
    """

    socket: Path
    container: str
    name_labels: tuple[str, ...]
    skip_labels: frozenset[tuple[str, str]]
    cache_s: float
    engine_s: float

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read them from the process's environment.

        Raises:
            SettingError: One is missing or unusable.
        """
        return cls(
            socket=Path(environment.text("ENGINE_SOCKET")),
            container=environment.text("HOSTNAME"),
            name_labels=tuple(environment.text("NAME_LABELS").split()),
            skip_labels=frozenset(_label(word) for word in environment.words("SKIP_LABELS")),
            cache_s=environment.seconds("CACHE_S"),
            engine_s=environment.seconds("ENGINE_S"),
        )


def _label(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not (name and equals):
        raise SettingError(f"SKIP_LABELS: expected NAME=VALUE, as com.example.role=proxy, saw {word!r}")
    return name, value
