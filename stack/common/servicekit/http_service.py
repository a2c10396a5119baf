"""An HTTP service: one application, and its metrics on a port of their own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from servicekit.metrics import HttpMetrics, metrics_app
from servicekit.serving import ALL_INTERFACES, Site, serving

MakeApp = Callable[[HttpMetrics], web.Application]


@dataclass(frozen=True, slots=True)
class HttpPorts:
    """Where an HTTP service listens; port 0 takes a free one."""

    app: int
    metrics: int


@asynccontextmanager
async def http_service(
    make_app: MakeApp, ports: HttpPorts, *, host: str = ALL_INTERFACES, drain_s: float
) -> AsyncIterator[HttpPorts]:
    """Run the service for as long as the block runs, and yield its ports; requests then get `drain_s` to finish."""
    metrics = HttpMetrics()
    sites = [Site(make_app(metrics), ports.app), Site(metrics_app(metrics.registry), ports.metrics)]
    async with serving(sites, host=host, drain_s=drain_s) as (app_port, metrics_port):
        yield HttpPorts(app_port, metrics_port)
