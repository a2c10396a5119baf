"""The receivers' settings."""

from dataclasses import dataclass
from typing import Self

from pydantic import ValidationError
from servicekit.settings import Environment, SettingError

from receivers.deadman import Period


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings: the dead man's switches."""

    switches: tuple[Period, ...]

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read them from the process's environment.

        Raises:
            SettingError: One is missing or unusable.
        """
        return cls(tuple(_period(text) for text in environment.text("DEADMAN_SWITCHES").split()))


def _period(text: str) -> Period:
    name, _, period_s = text.partition("=")
    try:
        return Period.model_validate({"name": name, "period_s": period_s})
    except ValidationError:
        raise SettingError(f"DEADMAN_SWITCHES: expected NAME=SECONDS, such as watchdog=300, saw {text!r}") from None
