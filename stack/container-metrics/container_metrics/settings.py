"""What an operator decides about the exporter."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from servicekit.settings import Environment, SettingError


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it.

    Attributes:
        socket: The engine's socket.
        container: This container's own id, or the beginning of it: the project that it belongs to is the one measured.
        name_labels: Container labels that name a service, the first that is there.
        skip_labels: Container labels with values; who carries one of them is no service.
        cache_s: How long an answer of the engine is used again, in seconds.
        engine_s: How long one answer of the engine is waited for, in seconds.
    """

    socket: Path
    container: str
    name_labels: tuple[str, ...]
    skip_labels: frozenset[tuple[str, str]]
    cache_s: float
    engine_s: float

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read them from the process's variables.

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
