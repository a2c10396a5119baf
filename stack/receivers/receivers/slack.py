"""Slack's incoming webhook.

Endpoints, answers and error codes: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
Shapes: https://docs.slack.dev/reference/messaging/payload and, for attachments,
https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
"""

import re
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, model_validator

from receivers.behaviour import Behaviours, Vendor
from receivers.inbox import AlertNames, Arrival, Inbox
from receivers.json_body import BrokenBodyError, json_body
from receivers.names import names_in
from receivers.validation import problems_of

PATH = re.compile(r"/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{1,64}")
FIRING, RESOLVED = "Firing", "Resolved"
"""Titles of the attachment fields in which our Alertmanager names the alerts."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class SlackField(_Shape):
    """A short table entry of an attachment."""

    title: str = ""
    value: str = ""
    short: StrictBool = False


class SlackAttachment(_Shape):
    """A part of a message; Slack refuses one without content."""

    fallback: str = ""
    title: str = ""
    title_link: str = ""
    text: Annotated[str, Field(max_length=40_000)] = ""
    color: Annotated[str, Field(pattern=r"^(good|warning|danger|#[0-9a-fA-F]{6}|)$")] = ""
    fields: tuple[SlackField, ...] = ()

    @model_validator(mode="after")
    def _has_content(self) -> "SlackAttachment":
        if not (self.fallback or self.title or self.text or self.fields):
            raise ValueError("expected text, title, fallback or fields, saw an attachment without content")
        return self


class SlackBlock(_Shape):
    """A part of a message in Block Kit."""

    type: Annotated[str, Field(min_length=1)]


class SlackMessage(_Shape):
    """A message to a webhook."""

    text: Annotated[str, Field(max_length=40_000)] = ""
    channel: Annotated[str, Field(pattern=r"^([#@]?[^\s#@]+|)$", max_length=80)] = ""
    username: str = ""
    attachments: Annotated[tuple[SlackAttachment, ...], Field(max_length=100)] = ()
    blocks: Annotated[tuple[SlackBlock, ...], Field(max_length=50)] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it has no content."""
        return not (self.text or self.attachments or self.blocks)


class Slack:
    """The webhook."""

    def __init__(self, inbox: Inbox, behaviours: Behaviours) -> None:
        self._inbox = inbox
        self._behaviours = behaviours

    async def take(self, request: web.Request) -> web.Response:
        """Accept a message, answer as Slack does, and store it."""
        body, status, text, problems = await _validated(request)
        failure = self._behaviours.failure(Vendor.SLACK)
        if failure:
            status, text = failure, _ERROR_TEXTS.get(failure, "rollup_error")
        self._inbox.keep(Arrival(Vendor.SLACK, _channel(body), status, _alert_names(body), problems, body))
        await self._behaviours.delay(Vendor.SLACK)
        headers = {"Retry-After": str(self._behaviours.retry_after_s(Vendor.SLACK))} if status == _TOO_MANY else {}
        return web.Response(status=status, text=text, headers=headers)


_TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS
_ERROR_TEXTS = {
    400: "invalid_payload",
    403: "action_prohibited",
    404: "channel_not_found",
    410: "channel_is_archived",
    429: "",
}


async def _validated(request: web.Request) -> tuple[object, int, str, tuple[str, ...]]:
    """The body, the status and text of the answer, and the problems found."""
    try:
        body = await json_body(request)
    except BrokenBodyError as error:
        return error.text, HTTPStatus.BAD_REQUEST, "invalid_payload", (str(error),)
    if not PATH.fullmatch(request.path):
        problem = f"expected a path such as /services/T.../B.../..., saw {request.path}"
        return body, HTTPStatus.NOT_FOUND, "no_service", (problem,)
    problems = problems_of(SlackMessage, body)
    if problems:
        return body, HTTPStatus.BAD_REQUEST, "invalid_payload", problems
    if SlackMessage.model_validate(body).is_empty:
        return body, HTTPStatus.BAD_REQUEST, "no_text", ("expected text, attachments or blocks, saw none",)
    return body, HTTPStatus.OK, "ok", ()


def _channel(body: object) -> str:
    message = _message(body)
    return message.channel if message else ""


def _alert_names(body: object) -> AlertNames:
    message = _message(body)
    fields = [each for attachment in message.attachments for each in attachment.fields] if message else []
    firing = names_in(",".join(each.value for each in fields if each.title == FIRING))
    resolved = names_in(",".join(each.value for each in fields if each.title == RESOLVED))
    return AlertNames(firing, resolved, "firing" if firing else "resolved" if resolved else "")


def _message(body: object) -> SlackMessage | None:
    try:
        return SlackMessage.model_validate(body)
    except ValidationError:
        return None
