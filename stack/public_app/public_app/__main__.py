"""Runs the application until it is asked to stop."""

import asyncio
import logging
import os
import sys

from servicekit import logs
from servicekit.metrics import HttpMetrics, metrics_app
from servicekit.serving import Site, serving, stop_asked
from servicekit.settings import Environment, SettingError

from public_app.app import make_app
from public_app.settings import Settings

PORT = 5000
METRICS_PORT = 8001

log = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    metrics = HttpMetrics()
    sites = [Site(make_app(settings, metrics), PORT), Site(metrics_app(metrics.registry), METRICS_PORT)]
    async with serving(sites, drain_s=settings.drain_s):
        await stop_asked()


def main() -> int:
    """Run the application, and give the process's exit code."""
    logs.configure("public_app")
    try:
        settings = Settings.read(Environment(os.environ))
        asyncio.run(serve(settings))
    except (SettingError, OSError) as error:
        log.critical("public_app can't run: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
