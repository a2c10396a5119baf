"""What changed in the answers of Prometheus and Alertmanager: a record holds changes, not every answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from stackproof.model import AlertReading, AlertState, Handling, HandlingState

Key = tuple[str, tuple[tuple[str, str], ...]]
"""An alert: its name and its labels."""

_SAME_MOMENT_S = 0.05
_ORDER = (AlertState.INACTIVE, AlertState.PENDING, AlertState.FIRING)


class StateChanges:
    """Finds the states of alerts in Prometheus that changed."""

    def __init__(self) -> None:
        self._known: dict[Key, AlertReading] = {}

    def of(self, seen: Sequence[AlertReading], at_s: float) -> tuple[AlertReading, ...]:
        """What differs from the previous answer; an alert that no longer exists is inactive from now on."""
        worst_last = sorted(seen, key=lambda each: _ORDER.index(each.state))
        now = {_key(each.alert, each.labels): each for each in worst_last}
        changed = [each for key, each in now.items() if _differs(self._known.get(key), each)]
        changed += [
            replace(old, state=AlertState.INACTIVE, at_s=at_s, active_since_s=None, value="", error="")
            for key, old in self._known.items()
            if key not in now and old.state is not AlertState.INACTIVE
        ]
        self._known |= {_key(each.alert, each.labels): each for each in changed}
        return tuple(changed)


class HandlingChanges:
    """Finds what changed in how Alertmanager handles alerts."""

    def __init__(self) -> None:
        self._known: dict[Key, Handling] = {}

    def of(self, seen: Sequence[Handling], at_s: float) -> tuple[Handling, ...]:
        """What differs from the previous answer; an alert that no longer exists is gone from now on."""
        now = {_key(each.alert, each.labels): each for each in seen}
        changed = [
            each
            for key, each in now.items()
            if key not in self._known or replace(self._known[key], at_s=each.at_s) != each
        ]
        changed += [
            Handling(old.alert, HandlingState.GONE, at_s, old.labels)
            for key, old in self._known.items()
            if key not in now and old.state is not HandlingState.GONE
        ]
        self._known |= {_key(each.alert, each.labels): each for each in changed}
        return tuple(changed)


def _key(alert: str, labels: Mapping[str, str]) -> Key:
    return alert, tuple(sorted(labels.items()))


def _differs(old: AlertReading | None, new: AlertReading) -> bool:
    if old is None or (old.state, old.error) != (new.state, new.error):
        return True
    if old.active_since_s is None or new.active_since_s is None:
        return False
    return abs(old.active_since_s - new.active_since_s) > _SAME_MOMENT_S  # it ended and began between two polls
