"""The three probes over HTTP: `/health/live`, `/health/ready`, `/health/startup`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from servicekit.problems import problem

Check = Callable[[], Awaitable[str]]
"""Gives why a probe must be red, or an empty text when all is well."""


async def fine() -> str:
    """Find nothing wrong: that the event loop came round to ask is the proof."""
    return ""


@dataclass(frozen=True, slots=True)
class Probes:
    """What each probe looks at."""

    live: Check = fine
    ready: Check = fine
    startup: Check = fine


def add_probes(app: web.Application, probes: Probes) -> None:
    """Serve the probes: 200 `{"status": "ok"}`, or 503 and a problem with the reason."""
    for name, check in (("live", probes.live), ("ready", probes.ready), ("startup", probes.startup)):
        app.router.add_get(f"/health/{name}", _handler(check))


def _handler(check: Check) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_request: web.Request) -> web.Response:
        reason = await check()
        if reason:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", reason)
        return web.json_response({"status": "ok"})

    return answer
