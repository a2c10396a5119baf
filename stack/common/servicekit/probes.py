"""The three probes over HTTP: `/health/live`, `/health/ready`, `/health/startup`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from servicekit.problems import problem

Check = Callable[[], Awaitable[str]]
"""Returns why a probe fails, or an empty text if it passes."""


async def healthy() -> str:
    """Always pass: that the event loop got here is the proof."""
    return ""


@dataclass(frozen=True, slots=True)
class Probes:
    """The check behind each probe."""

    live: Check = healthy
    ready: Check = healthy
    startup: Check = healthy


def add_probes(app: web.Application, probes: Probes) -> None:
    """Serve the probes: 200 with `{"status": "ok"}`, or 503 with a problem that gives the reason."""
    for name, check in (("live", probes.live), ("ready", probes.ready), ("startup", probes.startup)):
        app.router.add_get(f"/health/{name}", _handler(check))


def _handler(check: Check) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_request: web.Request) -> web.Response:
        reason = await check()
        if reason:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", reason)
        return web.json_response({"status": "ok"})

    return answer
