"""Serves HTTP applications until the engine asks for an end."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

ALL_INTERFACES = "0.0.0.0"  # noqa: S104 - a container's own networks decide who reaches it


@dataclass(frozen=True, slots=True)
class Site:
    """An application and the port it listens on; port 0 takes a free one."""

    app: web.Application
    port: int


@asynccontextmanager
async def serving(sites: Sequence[Site], *, host: str = ALL_INTERFACES, drain_s: float) -> AsyncIterator[list[int]]:
    """Serve the sites, and give their ports; at the end, requests in flight get `drain_s` to finish."""
    async with AsyncExitStack() as stack:
        ports = []
        for site in sites:
            runner = web.AppRunner(site.app, access_log=None, shutdown_timeout=drain_s)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, host, site.port, backlog=1024).start()
            ports.append(runner.addresses[0][1])
        yield ports


async def stop_asked() -> None:
    """Wait until the process gets SIGTERM or SIGINT."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, asked.set)
    await asked.wait()
