"""Runs the server until it is asked to stop."""

import asyncio
import logging
import os
import sys

from servicekit import logs
from servicekit.serving import stop_asked
from servicekit.settings import Environment, SettingError

from mime_server.server import Ports, running
from mime_server.settings import Settings

log = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    async with running(settings, Ports()):
        await stop_asked()


def main() -> int:
    """Run the server, and give the process's exit code."""
    logs.configure("mime-server")
    try:
        settings = Settings.read(Environment(os.environ))
        asyncio.run(serve(settings))
    except (SettingError, OSError) as error:
        log.critical("mime-server can't run: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
