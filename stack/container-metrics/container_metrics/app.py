"""The exporter's routes."""

import logging
from http import HTTPStatus

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from servicekit.probes import Probes, add_probes

from container_metrics.engine import EngineError
from container_metrics.page import page
from container_metrics.project import Project

log = logging.getLogger(__name__)


def make_app(project: Project) -> web.Application:
    """Create the application."""

    async def metrics(_request: web.Request) -> web.Response:
        try:
            body = page(await project.snapshot())
        except EngineError as error:
            log.warning("no metrics: %s", error)
            return web.Response(text=f"{error}\n", status=HTTPStatus.SERVICE_UNAVAILABLE)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    add_probes(app, Probes(ready=project.why_not_ready))
    return app
