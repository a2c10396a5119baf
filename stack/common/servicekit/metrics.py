"""Metrics of an HTTP service, and the page on which Prometheus scrapes them."""

import time
from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10)
"""Dense around the objectives. 500 ms and 1 s are bucket bounds, so requests within them are counted exactly."""

disable_created_metrics()  # type: ignore[no-untyped-call] # one more series per counter, which nobody reads

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def service_registry() -> CollectorRegistry:
    """A registry with the metrics of the process itself and its uptime."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    started = time.monotonic()
    uptime = Gauge("uptime_seconds", "Time since this process started.", registry=registry)
    uptime.set_function(lambda: time.monotonic() - started)
    return registry


@dataclass(frozen=True, slots=True)
class HttpMetrics:
    """Counts and latencies of the requests that an application answered."""

    registry: CollectorRegistry = field(default_factory=service_registry)
    requests: Counter = field(init=False)
    duration: Histogram = field(init=False)

    def __post_init__(self) -> None:
        labels = ("route", "method")
        requests = Counter("http_requests", "Requests answered.", (*labels, "status_class"), registry=self.registry)
        duration = Histogram(
            "http_request_duration_seconds",
            "Time from a request's head to the end of its answer.",
            labels,
            registry=self.registry,
            buckets=LATENCY_BUCKETS_S,
        )
        object.__setattr__(self, "requests", requests)
        object.__setattr__(self, "duration", duration)

    def observe(self, request: web.Request, status: int, duration_s: float) -> None:
        """Count an answered request. Unknown paths and methods share one label value each, which bounds the series."""
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "unmatched"
        method = request.method if request.method in METHODS else "other"
        self.requests.labels(route, method, f"{status // 100}xx").inc()
        self.duration.labels(route, method).observe(duration_s)


def metrics_app(registry: CollectorRegistry) -> web.Application:
    """An application that serves a registry on `/metrics`."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/metrics", page)
    return app
