"""Serves HTTP applications, and waits for the signal to stop."""

import asyncio
import logging
import signal
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from servicekit.logs import request_id
from servicekit.middleware import add_headers
from servicekit.problems import problem

log = logging.getLogger(__name__)

ALL_INTERFACES = "0.0.0.0"  # noqa: S104 - the container's networks decide who can reach it


@dataclass(frozen=True, slots=True)
class Site:
    """An application and the port that it listens on; 0 picks a free one."""

    app: web.Application
    port: int


class _Handler(web.RequestHandler):
    """Answers malformed requests, which no application ever sees, in the same format as all other errors."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer, and close the connection."""
        request_id.set(uuid.uuid4().hex)
        log.info("malformed request", extra={"fields": {"peer": request.remote, "reason": message or str(exc)}})
        response = problem(status, "bad_request", "expected an HTTP/1.1 request")
        add_headers(response)
        response.force_close()
        return response


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Handler(self, loop=self._loop, **self._kwargs)


class _Runner(web.AppRunner):
    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(made.request_handler, request_factory=made.request_factory, **made._kwargs)  # noqa: SLF001 - passed on unchanged


@asynccontextmanager
async def serving(sites: Sequence[Site], *, host: str = ALL_INTERFACES, drain_s: float) -> AsyncIterator[list[int]]:
    """Serve the sites while the block runs, and yield their ports; requests in flight then get `drain_s` to finish."""
    async with AsyncExitStack() as stack:
        ports = []
        for site in sites:
            runner = _Runner(site.app, access_log=None, shutdown_timeout=drain_s)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, host, site.port, backlog=1024).start()
            ports.append(runner.addresses[0][1])
        yield ports


async def stop_requested() -> None:
    """Wait until the process gets SIGTERM or SIGINT."""
    requested = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, requested.set)
    await requested.wait()
