"""Queries Prometheus for its alerts and for values.

Format: https://prometheus.io/docs/prometheus/latest/querying/api/#rules, ``#alerts`` and ``#instant-queries``.
"""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import nan
from typing import Literal

from pydantic import BaseModel, Field, TypeAdapter

from stackproof.model import AlertReading, AlertState, SeriesReading
from stackproof.observe.json_api import ApiClient, monotonic_of

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


class PrometheusApi(ApiClient):
    """A client of Prometheus's API; its base URL is without ``/api``."""

    server = "Prometheus"

    def rules(self) -> tuple[AlertReading, ...]:
        """The state of every alerting rule: each of its alerts, or the rule itself as inactive if it has none.

        Raises:
            InconclusiveError: It does not answer, or the answer does not fit its API.
        """
        answer = self._api.get("/api/v1/rules", _RULES, {"type": "alert"})
        at_s = time.monotonic()
        return tuple(
            reading for group in answer.data.groups for rule in group.rules for reading in _readings_of(rule, at_s)
        )

    def alerts(self) -> tuple[AlertReading, ...]:
        """Every pending or firing alert.

        Raises:
            InconclusiveError: It does not answer, or the answer does not fit its API.
        """
        answer = self._api.get("/api/v1/alerts", _ACTIVE)
        at_s = time.monotonic()
        return tuple(_reading(each.labels.get(_NAME, ""), each, at_s) for each in answer.data.alerts)

    def value(self, name: str, expr: str) -> SeriesReading:
        """The current value of an expression: the largest if it has several, NaN if it has none.

        Raises:
            InconclusiveError: It does not answer, or rejects the expression.
        """
        values = self.values(expr)
        return SeriesReading(name, time.monotonic(), max(values, default=nan))

    def values(self, expr: str) -> tuple[float, ...]:
        """Every current value of an expression; empty if it has no result.

        Raises:
            InconclusiveError: It does not answer, or rejects the expression.
        """
        data = self._api.get("/api/v1/query", _VALUE, {"query": expr}).data
        results = [data.result] if isinstance(data, _Scalar) else [each.value for each in data.result]
        return tuple(float(value) for _, value in results)


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
