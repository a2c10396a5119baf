"""Runs a service as a process: its logs, its settings, its end, its exit code."""

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from servicekit import logs
from servicekit.serving import stop_requested
from servicekit.settings import Environment, SettingError

S = TypeVar("S")

log = logging.getLogger(__name__)


def run_service(
    name: str, read: Callable[[Environment], S], running: Callable[[S], AbstractAsyncContextManager[object]]
) -> int:
    """Run a service until SIGTERM or SIGINT.

    Args:
        name: The service's name, which is on each of its log lines.
        read: Reads its settings from the process's environment.
        running: Runs it with these settings for as long as the block runs.

    Returns:
        The process's exit code: 0, or 1 if the settings are unusable or the service cannot start.
    """
    logs.configure(name)
    try:
        settings = read(Environment(os.environ))
        asyncio.run(_until_stopped(running(settings)))
    except (SettingError, OSError) as error:
        log.critical("%s cannot run: %s", name, error)
        return 1
    return 0


async def _until_stopped(service: AbstractAsyncContextManager[object]) -> None:
    async with service:
        await stop_requested()
