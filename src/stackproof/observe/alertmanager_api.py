"""Queries Alertmanager for the state of its alerts.

Format: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml, ``GET /api/v2/alerts``. The answer
contains no resolved alerts.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, Field, TypeAdapter

from stackproof.model import Handling, HandlingState
from stackproof.observe.json_api import ApiClient

_NAME = "alertname"


class _Status(BaseModel):
    state: Literal["unprocessed", "active", "suppressed"]
    inhibited_by: list[str] = Field(default=[], alias="inhibitedBy")
    silenced_by: list[str] = Field(default=[], alias="silencedBy")


class _Receiver(BaseModel):
    name: str


class _Alert(BaseModel):
    labels: dict[str, str]
    fingerprint: str
    status: _Status
    receivers: list[_Receiver] = []


_ALERTS = TypeAdapter(list[_Alert])


class AlertmanagerApi(ApiClient):
    """A client of Alertmanager's API; its base URL is without ``/api``."""

    server = "Alertmanager"

    def alerts(self) -> tuple[Handling, ...]:
        """Every alert that it has, with the alerts that inhibit it.

        Raises:
            InconclusiveError: It does not answer, or the answer does not fit its API.
        """
        answer = self._api.get("/api/v2/alerts", _ALERTS)
        at_s = time.monotonic()
        names = {each.fingerprint: each.labels.get(_NAME, "") for each in answer}
        return tuple(_handling(each, names, at_s) for each in answer)


def _handling(alert: _Alert, names: Mapping[str, str], at_s: float) -> Handling:
    return Handling(
        alert=alert.labels.get(_NAME, ""),
        state=HandlingState(alert.status.state),
        at_s=at_s,
        labels={name: value for name, value in alert.labels.items() if name != _NAME},
        inhibited_by=_names(alert.status.inhibited_by, names),
        silenced_by=tuple(sorted(alert.status.silenced_by)),
        receivers=tuple(each.name for each in alert.receivers),
    )


def _names(fingerprints: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({names.get(each, each) for each in fingerprints}))
