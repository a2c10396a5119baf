"""PagerDuty's Events API, version 2.

Shape, limits and answers: https://developer.pagerduty.com/docs/send-alert-event and
https://developer.pagerduty.com/api-reference/368ae3d938c9e-send-an-event-to-pager-duty
"""

import uuid
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, model_validator

from receivers.behaviour import Behaviours, Vendor
from receivers.inbox import AlertNames, Arrival, Inbox
from receivers.json_body import BrokenBodyError, json_body
from receivers.names import names_in
from receivers.validation import problems_of

MAX_BYTES = 512 * 1024


class Action(StrEnum):
    """What an event does to its incident."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


class Severity(StrEnum):
    """Severity of an event."""

    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class PagerDutyPayload(_Shape):
    """Description of an incident."""

    summary: Annotated[str, Field(min_length=1, max_length=1024)]
    source: Annotated[str, Field(min_length=1)]
    severity: Severity


class PagerDutyLink(_Shape):
    """A link attached to an incident."""

    href: Annotated[str, Field(min_length=1)]
    text: str = ""


class PagerDutyEvent(_Shape):
    """An event. A trigger needs a payload; the other actions need the incident's key."""

    routing_key: Annotated[str, Field(pattern=r"^[0-9a-zA-Z]{32}$")]
    event_action: Action
    dedup_key: Annotated[str, Field(max_length=255)] = ""
    payload: PagerDutyPayload | None = None
    links: tuple[PagerDutyLink, ...] = ()
    client: str = ""
    client_url: str = ""

    @model_validator(mode="after")
    def _is_complete(self) -> "PagerDutyEvent":
        if self.event_action is Action.TRIGGER and self.payload is None:
            raise ValueError("expected a payload, because event_action is trigger")
        if self.event_action is not Action.TRIGGER and not self.dedup_key:
            raise ValueError(f"expected a dedup_key, because event_action is {self.event_action}")
        return self


class PagerDuty:
    """The API's one endpoint."""

    def __init__(self, inbox: Inbox, behaviours: Behaviours) -> None:
        self._inbox = inbox
        self._behaviours = behaviours

    async def take(self, request: web.Request) -> web.Response:
        """Accept an event, answer as PagerDuty does, and store it."""
        body, problems = await _validated(request)
        status = self._behaviours.failure(Vendor.PAGERDUTY) or (
            HTTPStatus.BAD_REQUEST if problems else HTTPStatus.ACCEPTED
        )
        key = _text(body, "routing_key")
        self._inbox.keep(Arrival(Vendor.PAGERDUTY, key, status, _alert_names(body), problems, body))
        await self._behaviours.delay(Vendor.PAGERDUTY)
        return self._answer(status, body, problems)

    def _answer(self, status: int, body: object, problems: tuple[str, ...]) -> web.Response:
        match status:
            case HTTPStatus.ACCEPTED:
                key = _text(body, "dedup_key") or uuid.uuid4().hex
                fields = {"status": "success", "message": "Event processed", "dedup_key": key}
                return web.json_response(fields, status=status)
            case HTTPStatus.BAD_REQUEST:
                invalid = {"status": "invalid event", "message": "Event object is invalid", "errors": list(problems)}
                return web.json_response(invalid, status=status)
            case HTTPStatus.TOO_MANY_REQUESTS:
                headers = {"Retry-After": str(self._behaviours.retry_after_s(Vendor.PAGERDUTY))}
                return web.json_response({"status": "throttle exceeded"}, status=status, headers=headers)
        return web.json_response({"status": "error", "message": "set to fail"}, status=status)


async def _validated(request: web.Request) -> tuple[object, tuple[str, ...]]:
    try:
        body = await json_body(request)
    except BrokenBodyError as error:
        return error.text, (str(error),)
    size_bytes = request.content_length or 0
    too_large = (f"expected at most {MAX_BYTES} bytes, saw {size_bytes}",) if size_bytes > MAX_BYTES else ()
    return body, (*problems_of(PagerDutyEvent, body), *too_large)


def _alert_names(body: object) -> AlertNames:
    """Our Alertmanager names the alerts in the payload's details; the action is the state of the group."""
    payload = body.get("payload") if isinstance(body, dict) else None
    details = payload.get("custom_details") if isinstance(payload, dict) else None
    status = {"trigger": "firing", "resolve": "resolved"}.get(_text(body, "event_action"), "")
    return AlertNames(names_in(_text(details, "firing")), names_in(_text(details, "resolved")), status)


def _text(fields: object, name: str) -> str:
    value = fields.get(name) if isinstance(fields, dict) else None
    return value if isinstance(value, str) else ""
