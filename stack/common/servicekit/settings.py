"""Settings from environment variables, read once at start; compose.yaml is where their values are declared."""

from collections.abc import Mapping
from dataclasses import dataclass

from servicekit.wire import Address


class SettingError(Exception):
    """A variable is missing or unusable; the message names it, what was expected and what was seen."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The process's variables, read with types."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """Give a variable's text, stripped.

        Raises:
            SettingError: It is not set.
        """
        if name not in self.values:
            raise SettingError(f"{name} is not set: give it a value (compose.yaml has the usual one)")
        return self.values[name].strip()

    def whole(self, name: str) -> int:
        """Give a variable as a whole number that is not negative.

        Raises:
            SettingError: It is not set, or is no such number.
        """
        seen = self.text(name)
        if not seen.isdecimal():
            raise SettingError(f"{name}: expected a whole number, 0 or more, saw {seen!r}")
        return int(seen)

    def seconds(self, name: str) -> float:
        """Give a variable as a duration in seconds, more than 0.

        Raises:
            SettingError: It is not set, or is no such duration.
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
        """Give a variable's words, which blanks part; none when it is empty.

        Raises:
            SettingError: It is not set.
        """
        return frozenset(self.text(name).split())

    def address(self, name: str) -> Address:
        """Give a variable as `host:port`.

        Raises:
            SettingError: It is not set, or is no such address.
        """
        try:
            return Address.parse(self.text(name))
        except ValueError as error:
            raise SettingError(f"{name}: {error}") from error
