"""Runs the receivers until they are asked to stop."""

import asyncio
import logging
import os
import sys

from servicekit import logs
from servicekit.serving import ALL_INTERFACES, stop_asked
from servicekit.settings import Environment, SettingError

from receivers.serving import Ports, running
from receivers.settings import Settings

log = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Receive until SIGTERM or SIGINT."""
    async with running(settings, Ports(), ALL_INTERFACES):
        await stop_asked()


def main() -> int:
    """Run the receivers, and give the process's exit code."""
    logs.configure("receivers")
    try:
        asyncio.run(serve(Settings.read(Environment(os.environ))))
    except (SettingError, OSError) as error:
        log.critical("the receivers can't run: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
