"""Runs the application until it is stopped."""

import sys
from contextlib import AbstractAsyncContextManager

from servicekit.http_service import HttpPorts, http_service
from servicekit.process import run_service

from intranet_api.app import make_app
from intranet_api.settings import Settings

PORTS = HttpPorts(app=5001, metrics=8002)


def running(settings: Settings) -> AbstractAsyncContextManager[HttpPorts]:
    """Run the application with these settings for as long as the block runs."""
    return http_service(lambda metrics: make_app(settings, metrics), PORTS, drain_s=settings.drain_s)


if __name__ == "__main__":
    sys.exit(run_service("intranet_api", Settings.read, running))
