"""Asks Prometheus for its alerts.

Format: https://prometheus.io/docs/prometheus/latest/querying/api/#rules, ``#alerts`` and ``#instant-queries``.
"""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import nan
from typing import Literal

from pydantic import BaseModel, Field, TypeAdapter

from stackproof.model import AlertReading, AlertState, SeriesReading
from stackproof.observe.json_api import WITHIN_S, JsonApi, Place, monotonic_of

_NAME = "alertname"


class _Alert(BaseModel):
    labels: dict[str, str]
    state: AlertState
    active_at: datetime | None = Field(default=None, alias="activeAt")
    value: str = ""


class _Rule(BaseModel):
    name: str
    labels: dict[str, str] = {}
    alerts: list[_Alert] = []
    last_error: str = Field(default="", alias="lastError")


class _Group(BaseModel):
    rules: list[_Rule]


class _Groups(BaseModel):
    groups: list[_Group]


class _Rules(BaseModel):
    status: Literal["success"]
    data: _Groups


class _Alerts(BaseModel):
    alerts: list[_Alert]


class _Active(BaseModel):
    status: Literal["success"]
    data: _Alerts


class _Vector(BaseModel):
    result_type: Literal["vector"] = Field(alias="resultType")
    result: list["_Element"]


class _Element(BaseModel):
    value: tuple[float, str]


class _Scalar(BaseModel):
    result_type: Literal["scalar"] = Field(alias="resultType")
    result: tuple[float, str]


class _Value(BaseModel):
    status: Literal["success"]
    data: _Vector | _Scalar = Field(discriminator="result_type")


_RULES = TypeAdapter(_Rules)
_ACTIVE = TypeAdapter(_Active)
_VALUE = TypeAdapter(_Value)


class PrometheusApi:
    """Prometheus, asked for its alerts and for values; not to be shared between threads.

    Args:
        place: The URL where its API is, without ``/api``, or what gives it.
        within_s: Bound on each answer, in seconds.

    Raises:
        DeclarationError: The URL is none.
    """

    def __init__(self, place: Place, within_s: float = WITHIN_S) -> None:
        self._api = JsonApi("Prometheus", place, within_s)

    def rules(self) -> tuple[AlertReading, ...]:
        """Every alerting rule: each of its alerts, or, where it has none, the rule itself as inactive.

        Raises:
            InconclusiveError: It does not answer, or not as its API should.
        """
        answer = self._api.get("/api/v1/rules", _RULES, {"type": "alert"})
        at_s = time.monotonic()
        return tuple(
            reading for group in answer.data.groups for rule in group.rules for reading in _readings_of(rule, at_s)
        )

    def alerts(self) -> tuple[AlertReading, ...]:
        """Every alert that is pending or fires.

        Raises:
            InconclusiveError: It does not answer, or not as its API should.
        """
        answer = self._api.get("/api/v1/alerts", _ACTIVE)
        at_s = time.monotonic()
        return tuple(_reading(each.labels.get(_NAME, ""), each, at_s) for each in answer.data.alerts)

    def value(self, name: str, expr: str) -> SeriesReading:
        """The value of an expression now: the largest where it gives several, NaN where it gives none.

        Raises:
            InconclusiveError: It does not answer, or the expression is none.
        """
        values = self.values(expr)
        return SeriesReading(name, time.monotonic(), max(values, default=nan))

    def values(self, expr: str) -> tuple[float, ...]:
        """Every value of an expression now; none where it gives nothing.

        Raises:
            InconclusiveError: It does not answer, or the expression is none.
        """
        data = self._api.get("/api/v1/query", _VALUE, {"query": expr}).data
        results = [data.result] if isinstance(data, _Scalar) else [each.value for each in data.result]
        return tuple(float(value) for _, value in results)

    def close(self) -> None:
        """Close its connection."""
        self._api.close()


def _readings_of(rule: _Rule, at_s: float) -> Iterator[AlertReading]:
    for alert in rule.alerts:
        yield _reading(rule.name, alert, at_s, rule.last_error)
    if not rule.alerts:
        yield AlertReading(rule.name, AlertState.INACTIVE, at_s, _without_name(rule.labels), error=rule.last_error)


def _reading(name: str, alert: _Alert, at_s: float, error: str = "") -> AlertReading:
    since_s = monotonic_of(alert.active_at) if alert.active_at else None
    return AlertReading(name, alert.state, at_s, _without_name(alert.labels), since_s, alert.value, error)


def _without_name(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if name != _NAME}
