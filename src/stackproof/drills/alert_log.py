"""What was observed of alerts so far, to be searched and waited for."""

import time
from collections.abc import Callable, Mapping, Sequence
from threading import Condition
from typing import TypeVar

from stackproof.model import (
    Addressee,
    AlertEntry,
    AlertReading,
    AlertState,
    Handling,
    Message,
    MessageStatus,
    SeriesReading,
)

_Seen = TypeVar("_Seen")


class AlertLog:
    """Everything that a watch observed; several threads may share it.

    Attributes:
        entries: Every entry, in the order of observation.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._ended = False
        self.entries: list[AlertEntry] = []

    def add(self, observed: Sequence[AlertEntry]) -> None:
        """Add what was observed, and wake those who wait for it."""
        with self._changed:
            self.entries.extend(observed)
            self._changed.notify_all()

    def end(self) -> None:
        """Wake those who wait: there will be no more."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def readings(self, alert: str = "", since_s: float = 0.0) -> tuple[AlertReading, ...]:
        """States so far of one alert or of all, observed since a moment."""
        return self._seen(AlertReading, lambda each: alert in {"", each.alert} and each.at_s >= since_s)

    def messages(self, alert: str = "", since_s: float = 0.0) -> tuple[Message, ...]:
        """Notifications so far of one alert or of any, received since a moment."""
        return self._seen(Message, lambda each: (not alert or alert in each.alerts) and each.at_s >= since_s)

    def handlings(self, alert: str = "", since_s: float = 0.0) -> tuple[Handling, ...]:
        """How Alertmanager handled one alert or all so far, observed since a moment."""
        return self._seen(Handling, lambda each: alert in {"", each.alert} and each.at_s >= since_s)

    def series(self, name: str, since_s: float = 0.0) -> tuple[SeriesReading, ...]:
        """Values of a series so far, since a moment."""
        return self._seen(SeriesReading, lambda each: each.name == name and each.at_s >= since_s)

    def wait_for_state(
        self,
        alert: str,
        state: AlertState,
        within_s: float,
        *,
        since_s: float = 0.0,
        labels: Mapping[str, str] | None = None,
    ) -> AlertReading | None:
        """The first reading of an alert in a state since a moment; None if none comes in time.

        Args:
            alert: Its name.
            state: The state.
            within_s: Bound on the wait, in seconds.
            since_s: Readings before this moment do not count.
            labels: Labels that it must have.
        """
        wanted = (labels or {}).items()

        def find() -> AlertReading | None:
            seen = self.readings(alert, since_s)
            return next((each for each in seen if each.state is state and wanted <= each.labels.items()), None)

        return self.wait_for(find, within_s)

    def wait_for_message(
        self, alert: str, at: Addressee, status: MessageStatus, within_s: float, *, since_s: float = 0.0
    ) -> Message | None:
        """The first notification to a receiver that reports a status of an alert, or of any; None if none comes."""

        def find() -> Message | None:
            seen = (each for each in self.messages(alert, since_s) if (each.receiver, each.to) == (at.receiver, at.to))
            return next((each for each in seen if (each.on(alert) if alert else each.status) is status), None)

        return self.wait_for(find, within_s)

    def wait_for(self, find: Callable[[], _Seen | None], within_s: float) -> _Seen | None:
        """Wait until something is found, searching whenever there is more; None if it is not found in time."""
        deadline_s = time.monotonic() + within_s
        with self._changed:
            while (found := find()) is None and not self._ended:
                left_s = deadline_s - time.monotonic()
                if left_s <= 0:
                    return None
                self._changed.wait(left_s)
        return found

    def _seen(self, kind: type[_Seen], wanted: Callable[[_Seen], bool]) -> tuple[_Seen, ...]:
        return tuple(each for each in tuple(self.entries) if isinstance(each, kind) and wanted(each))
