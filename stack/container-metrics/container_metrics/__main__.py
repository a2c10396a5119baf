"""Runs the exporter until it is asked to stop."""

import asyncio
import logging
import os
import sys

from servicekit import logs
from servicekit.serving import Site, serving, stop_asked
from servicekit.settings import Environment, SettingError

from container_metrics.app import make_app
from container_metrics.engine import engine_at
from container_metrics.project import Project
from container_metrics.settings import Settings

PORT = 9338
DRAIN_S = 1.0

log = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    async with engine_at(settings.socket, settings.engine_s) as engine:
        app = make_app(Project(engine, settings))
        async with serving([Site(app, PORT)], drain_s=DRAIN_S):
            await stop_asked()


def main() -> int:
    """Run the exporter, and give the process's exit code."""
    logs.configure("container-metrics")
    try:
        settings = Settings.read(Environment(os.environ))
        asyncio.run(serve(settings))
    except (SettingError, OSError) as error:
        log.critical("container-metrics can't run: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
