"""A real HTTP application on loopback."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from servicekit.metrics import HttpMetrics, metrics_app
from servicekit.serving import Site, serving

from testkit.mime import LOOPBACK

MakeApp = Callable[[HttpMetrics], web.Application]


@asynccontextmanager
async def http_service(make_app: MakeApp) -> AsyncIterator[tuple[str, str]]:
    """Serve an application, and give its URL and that of its metrics."""
    metrics = HttpMetrics()
    sites = [Site(make_app(metrics), 0), Site(metrics_app(metrics.registry), 0)]
    async with serving(sites, host=LOOPBACK, drain_s=1.0) as (port, metrics_port):
        yield f"http://{LOOPBACK}:{port}", f"http://{LOOPBACK}:{metrics_port}/metrics"
