"""A real HTTP application on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from servicekit.http_service import HttpPorts, MakeApp, http_service

from testkit.mime import LOOPBACK


@asynccontextmanager
async def served_app(make_app: MakeApp) -> AsyncIterator[tuple[str, str]]:
    """Serve an application, and yield its URL and that of its metrics."""
    async with http_service(make_app, HttpPorts(0, 0), host=LOOPBACK, drain_s=1.0) as ports:
        yield f"http://{LOOPBACK}:{ports.app}", f"http://{LOOPBACK}:{ports.metrics}/metrics"
