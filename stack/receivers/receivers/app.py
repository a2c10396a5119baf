"""The two HTTP applications: the vendors' endpoints for Alertmanager, and the control API for people and tests."""

from http import HTTPStatus
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError
from servicekit.probes import Probes, add_probes

from receivers.behaviour import BehaviourChange, Behaviours
from receivers.deadman import Deadman, Period
from receivers.inbox import Inbox
from receivers.json_body import BrokenBodyError, json_body
from receivers.pagerduty import PagerDuty
from receivers.slack import Slack
from receivers.validation import problems_of

Shape = TypeVar("Shape", bound=BaseModel)


def vendors_app(slack: Slack, pagerduty: PagerDuty, deadman: Deadman) -> web.Application:
    """The vendors' endpoints. Slack answers for all of `/services/`, unknown webhooks included."""
    app = web.Application()
    app.router.add_post("/services/{rest:.*}", slack.take)
    app.router.add_post("/v2/enqueue", pagerduty.take)
    app.router.add_route("*", "/heartbeat/{name}", deadman.take)
    return app


def control_app(inbox: Inbox, behaviours: Behaviours, deadman: Deadman) -> web.Application:
    """The control API."""
    control = _Control(inbox, behaviours, deadman)
    app = web.Application()
    app.router.add_get("/received", control.received)
    app.router.add_delete("/received", control.forget)
    app.router.add_get("/behaviour", control.behaviour)
    app.router.add_put("/behaviour", control.behave)
    app.router.add_get("/deadman", control.switches)
    app.router.add_put("/deadman", control.set_period)
    app.router.add_delete("/deadman", control.reset_switches)
    add_probes(app, Probes())
    return app


class _Control:
    """Handlers of the control API."""

    def __init__(self, inbox: Inbox, behaviours: Behaviours, deadman: Deadman) -> None:
        self._inbox = inbox
        self._behaviours = behaviours
        self._deadman = deadman

    async def received(self, request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not since.isdecimal():
            raise _refused(f"since: expected the id of a message, saw {since!r}")
        return web.json_response(self._inbox.since(int(since)))

    async def forget(self, _request: web.Request) -> web.Response:
        self._inbox.clear()
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def behaviour(self, _request: web.Request) -> web.Response:
        return web.json_response(self._behaviours.all())

    async def behave(self, request: web.Request) -> web.Response:
        self._behaviours.set(await _read(BehaviourChange, request))
        return web.json_response(self._behaviours.all())

    async def switches(self, _request: web.Request) -> web.Response:
        return web.json_response(self._deadman.all())

    async def set_period(self, request: web.Request) -> web.Response:
        period = await _read(Period, request)
        if not self._deadman.set_period(period):
            raise _refused(f"expected the name of a switch, saw {period.name!r}")
        return web.json_response(self._deadman.all())

    async def reset_switches(self, _request: web.Request) -> web.Response:
        self._deadman.reset()
        return web.Response(status=HTTPStatus.NO_CONTENT)


async def _read(shape: type[Shape], request: web.Request) -> Shape:
    try:
        body = await json_body(request)
    except BrokenBodyError as error:
        raise _refused(str(error)) from error
    try:
        return shape.model_validate(body)
    except ValidationError:
        raise _refused("; ".join(problems_of(shape, body))) from None


def _refused(message: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=f"{message}\n")
