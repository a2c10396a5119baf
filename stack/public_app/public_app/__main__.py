"""Runs the application until it is stopped."""

import sys
from contextlib import AbstractAsyncContextManager

from servicekit.http_service import HttpPorts, http_service
from servicekit.process import run_service

from public_app.app import make_app
from public_app.settings import Settings

PORTS = HttpPorts(app=5000, metrics=8001)


def running(settings: Settings) -> AbstractAsyncContextManager[HttpPorts]:
    """Run the application with these settings for as long as the block runs."""
    return http_service(lambda metrics: make_app(settings, metrics), PORTS, drain_s=settings.drain_s)


if __name__ == "__main__":
    sys.exit(run_service("public_app", Settings.read, running))
