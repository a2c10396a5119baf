"""Settings from environment variables, read once at start. Their values are declared in compose.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass

from servicekit.wire import Address


class SettingError(Exception):
    """A variable is missing or unusable; the message names it, and says what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The process's environment variables, read as typed values."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """A variable's text, stripped.

        Raises:
            SettingError: It is not set.
        """
        if name not in self.values:
            raise SettingError(f"{name} is not set: give it a value (compose.yaml has the usual one)")
        return self.values[name].strip()

    def whole(self, name: str) -> int:
        """A variable as a whole number of 0 or more.

        Raises:
            SettingError: It is not set, or is not such a number.
        """
        seen = self.text(name)
        if not seen.isdecimal():
            raise SettingError(f"{name}: expected a whole number, 0 or more, saw {seen!r}")
        return int(seen)

    def seconds(self, name: str) -> float:
        """A variable as a duration in seconds, greater than 0.

        Raises:
            SettingError: It is not set, or is not such a duration.
        """
        seen = self.text(name)
        try:
            seconds = float(seen)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds < float("inf"):
            raise SettingError(f"{name}: expected seconds, more than 0, saw {seen!r}")
        return seconds

    def words(self, name: str) -> frozenset[str]:
        """A variable's words, separated by blanks; none if it is empty.

        Raises:
            SettingError: It is not set.
        """
        return frozenset(self.text(name).split())

    def address(self, name: str) -> Address:
        """A variable as `host:port`.

        Raises:
            SettingError: It is not set, or is not such an address.
        """
        try:
            return Address.parse(self.text(name))
        except ValueError as error:
            raise SettingError(f"{name}: {error}") from error
