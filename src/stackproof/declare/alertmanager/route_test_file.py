"""Reads route tests: claims about an Alertmanager configuration, in a format of our own (docs/guide.md).

```yaml
routes:
  - labels: {alertname: HighLatency, severity: warning}
    receivers: [slack-alerts]          # exactly these, in this order
    group_by: [alertname]              # this and the rest are claims about each receiver, and optional
    group_wait: 30s
    group_interval: 5m
    repeat_interval: 12h
inhibitions:
  - firing: [{alertname: MimeServerDown, severity: critical}]
    silences: {alertname: HighLatency, severity: warning}      # or `leaves`, if it must not
receivers:
  - name: slack-alerts
    integrations: [slack]
    send_resolved: true                # or a list with one value for each integration
```

If waits differ, a receiver may be a map: ``receivers: [slack, {name: mail, group_wait: 5m}]``.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML

from stackproof.declare.prometheus.syntax import duration_s
from stackproof.documents.text_files import read_text
from stackproof.documents.validation import invalid_document
from stackproof.documents.yaml_lines import line_of, parse
from stackproof.model import DeclarationError, Location
from stackproof.model.route_tests import (
    ExpectedDelivery,
    InhibitionTest,
    ReceiverTest,
    RouteTest,
    RouteTests,
    Waits,
)

_FIX = "docs/guide.md shows what a route test looks like"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class _Waits(_Part):
    group_by: tuple[str, ...] | None = None
    group_wait: str | None = None
    group_interval: str | None = None
    repeat_interval: str | None = None

    @model_validator(mode="after")
    def _are_durations(self) -> Self:
        for name in ("group_wait", "group_interval", "repeat_interval"):
            text = getattr(self, name)
            if text is not None and duration_s(text) is None:
                raise ValueError(f"expected {name} to be a duration such as 30s")
        return self

    def waits(self, shared: Waits = Waits()) -> Waits:  # noqa: B008 - frozen
        """As the model's class; claims that are missing here are taken from the shared ones."""
        mine = (
            duration_s(text) if text else None for text in (self.group_wait, self.group_interval, self.repeat_interval)
        )
        wait_s, interval_s, repeat_s = mine
        return Waits(
            group_by=shared.group_by if self.group_by is None else self.group_by,
            group_wait_s=shared.group_wait_s if wait_s is None else wait_s,
            group_interval_s=shared.group_interval_s if interval_s is None else interval_s,
            repeat_interval_s=shared.repeat_interval_s if repeat_s is None else repeat_s,
        )


class _RouteReceiver(_Waits):
    name: str


class _Route(_Waits):
    labels: dict[str, str]
    receivers: Annotated[tuple[str | _RouteReceiver, ...], Field(min_length=1)]


class _Inhibition(_Part):
    firing: Annotated[tuple[dict[str, str], ...], Field(min_length=1)]
    silences: dict[str, str] | None = None
    leaves: dict[str, str] | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if (self.silences is None) is (self.leaves is None):
            raise ValueError("expected either silences or leaves")
        return self


class _Receiver(_Part):
    name: str
    integrations: tuple[str, ...]
    send_resolved: bool | tuple[bool, ...] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if isinstance(self.send_resolved, tuple) and len(self.send_resolved) != len(self.integrations):
            raise ValueError("expected one send_resolved for each integration")
        return self


class _Tests(_Part):
    routes: tuple[_Route, ...] = ()
    inhibitions: tuple[_Inhibition, ...] = ()
    receivers: tuple[_Receiver, ...] = ()


def read_route_tests(file: Path) -> RouteTests:
    """Read a file of route tests.

    Raises:
        DeclarationError: It cannot be read, or is invalid; the error names the line.
    """
    text = read_text(file)
    document = parse(file, text)
    if not isinstance(document, Mapping):
        raise DeclarationError("expected a file of route tests (a map)", where=Location(file, 1), fix=_FIX)
    try:
        tests = _Tests.model_validate(YAML(typ="safe").load(text))
    except ValidationError as error:
        raise invalid_document(error, file, document, _FIX) from None
    if not tests.routes and not tests.inhibitions and not tests.receivers:
        raise DeclarationError("expected routes, inhibitions or receivers, saw none", where=Location(file), fix=_FIX)
    places = _ClaimLocations(file, document)
    return RouteTests(
        routes=tuple(_route(each, places.at("routes", place)) for place, each in enumerate(tests.routes)),
        inhibitions=tuple(
            _inhibition(each, places.at("inhibitions", place)) for place, each in enumerate(tests.inhibitions)
        ),
        receivers=tuple(_receiver(each, places.at("receivers", place)) for place, each in enumerate(tests.receivers)),
    )


class _ClaimLocations:
    """Finds the locations of claims."""

    def __init__(self, file: Path, document: object) -> None:
        self._file = file
        self._document = document

    def at(self, *path: str | int) -> Location:
        return Location(self._file, line_of(self._document, path))


def _route(route: _Route, where: Location) -> RouteTest:
    return RouteTest(route.labels, tuple(_delivery(each, route.waits()) for each in route.receivers), where)


def _delivery(receiver: str | _RouteReceiver, shared: Waits) -> ExpectedDelivery:
    if isinstance(receiver, str):
        return ExpectedDelivery(receiver, shared)
    return ExpectedDelivery(receiver.name, receiver.waits(shared))


def _inhibition(inhibition: _Inhibition, where: Location) -> InhibitionTest:
    muted = inhibition.silences is not None
    target = inhibition.silences if inhibition.silences is not None else inhibition.leaves
    return InhibitionTest(inhibition.firing, target or {}, muted, where)


def _receiver(receiver: _Receiver, where: Location) -> ReceiverTest:
    claimed = receiver.send_resolved
    send: Sequence[bool] | None = [claimed] * len(receiver.integrations) if isinstance(claimed, bool) else claimed
    return ReceiverTest(receiver.name, receiver.integrations, None if send is None else tuple(send), where)
