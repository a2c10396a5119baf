"""The whole server: starts and stops storage, socket, probes and metrics in order."""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from servicekit.metrics import metrics_app
from servicekit.probes import add_probes
from servicekit.serving import ALL_INTERFACES, Site, serving

from mime_server.connection import Service
from mime_server.health import Health, policy_trial, storage_trial
from mime_server.listener import Listener
from mime_server.metrics import Metrics
from mime_server.policy import Judge, Policy
from mime_server.policy_service import PolicyService
from mime_server.settings import Settings
from mime_server.storage import Storage
from mime_server.threads import in_thread

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the server listens; port 0 picks a free one."""

    transfers: int = 65432
    health: int = 8000
    metrics: int = 8003


@asynccontextmanager
async def running(settings: Settings, ports: Ports = Ports(), host: str = ALL_INTERFACES) -> AsyncIterator[Ports]:
    """Run the server for as long as the block runs, and yield its ports; at the end it drains.

    Probes answer before the storage is ready and until the last transfer has ended: that is when they matter.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(settings.disk_threads, "disk"))
    storage = Storage(settings.storage_dir, settings.durability)
    metrics = Metrics()
    metrics.watch(storage)
    async with AsyncExitStack() as undo:
        judge = None
        if settings.policy:
            service = await undo.enter_async_context(PolicyService(settings.policy))
            judge = Judge(service, settings.policy.when_gone, metrics)
        policy = Policy(settings.allowed_types, settings.allowed_users, judge)
        listener = Listener(Service(settings, storage, policy, metrics))
        health = Health(listener, storage_trial(storage), policy_trial(policy), asyncio.Event())
        app = web.Application()
        add_probes(app, health.probes())
        sites = [Site(app, ports.health), Site(metrics_app(metrics.registry), ports.metrics)]
        health_port, metrics_port = await undo.enter_async_context(serving(sites, host=host, drain_s=1.0))
        removed = await in_thread(storage.recover)
        log.info("storage ready", extra={"fields": {"files": storage.totals.files, "unfinished_removed": removed}})
        port = await listener.start(host, ports.transfers)
        health.started.set()
        try:
            yield Ports(port, health_port, metrics_port)
        finally:
            await listener.drain()
