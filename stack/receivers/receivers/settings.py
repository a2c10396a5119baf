"""What an operator decides about the receivers."""

from dataclasses import dataclass
from typing import Self

from pydantic import ValidationError
from servicekit.settings import Environment, SettingError

from receivers.deadman import Period


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it: the dead man's switches that there are."""

    switches: tuple[Period, ...]

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read them from the process's variables.

        Raises:
            SettingError: One is missing or unusable.
        """
        return cls(tuple(_period(word) for word in environment.text("DEADMAN_SWITCHES").split()))


def _period(word: str) -> Period:
    name, _, period_s = word.partition("=")
    try:
        return Period.model_validate({"name": name, "period_s": period_s})
    except ValidationError:
        raise SettingError(f"DEADMAN_SWITCHES: expected NAME=SECONDS, as watchdog=300, saw {word!r}") from None
