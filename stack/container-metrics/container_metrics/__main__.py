"""Runs the exporter until it is stopped."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from servicekit.process import run_service
from servicekit.serving import Site, serving

from container_metrics.app import make_app
from container_metrics.engine import engine_at
from container_metrics.project import Project
from container_metrics.settings import Settings

PORT = 9338
DRAIN_S = 1.0


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[None]:
    """Run the exporter with these settings for as long as the block runs."""
    async with engine_at(settings.socket, settings.engine_s) as engine:
        app = make_app(Project(engine, settings))
        async with serving([Site(app, PORT)], drain_s=DRAIN_S):
            yield


if __name__ == "__main__":
    sys.exit(run_service("container-metrics", Settings.read, running))
