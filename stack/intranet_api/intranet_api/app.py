"""The application's routes."""

import logging
import re
from pathlib import Path

from aiohttp import web
from servicekit.document import add_document
from servicekit.metrics import HttpMetrics
from servicekit.middleware import observed_app
from servicekit.probes import Probes, add_probes
from servicekit.wire import Incoming, MimeConnection, MimeError, Page

from intranet_api.settings import Settings

USUAL_PAGE_FILES = 100
MOST_PAGE_FILES = 1000
LONGEST_NAME = 255
LIMIT = re.compile(r"[1-9][0-9]{0,3}")

log = logging.getLogger(__name__)


def make_app(settings: Settings, metrics: HttpMetrics) -> web.Application:
    """Create the application."""
    app = observed_app(metrics)
    files = Files(settings)
    app.router.add_get("/api/files", files.list)
    app.router.add_get("/api/files/{name}", files.fetch)
    app.router.add_get("/api/stats", files.statistics)
    add_document(app, "/api/openapi.yaml", Path(__file__).parent)
    add_probes(app, Probes(ready=settings.mime_server.why_not_ready))
    return app


class Files:
    """The stored files; each request is passed on to mime-server over a connection of its own."""

    def __init__(self, settings: Settings) -> None:
        self._mime_server = settings.mime_server

    async def list(self, request: web.Request) -> web.Response:
        """A page of the stored files; `next` is the `after` of the next page, or null on the last one."""
        page = await self._page(_page_limit(request), _after(request))
        files = [{"name": file.name, "size": file.size_bytes} for file in page.files]
        return web.json_response({"files": files, "next": page.next_after or None})

    async def statistics(self, _request: web.Request) -> web.Response:
        """How much is stored."""
        page = await self._page(limit=0, after="")
        return web.json_response({"files": page.total_files, "bytes": page.total_bytes})

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """A stored file, streamed."""
        async with self._mime_server.connected() as connection:
            incoming = await connection.receive(request.match_info["name"])
            return await _stream(request, connection, incoming)

    async def _page(self, limit: int, after: str) -> Page:
        async with self._mime_server.connected() as connection:
            return await connection.list_files(limit=limit, after=after)


async def _stream(request: web.Request, connection: MimeConnection, incoming: Incoming) -> web.StreamResponse:
    response = web.StreamResponse(headers={"ETag": f'"{incoming.sha256}"', "X-Content-SHA256": incoming.sha256})
    response.content_type = incoming.mime_type
    response.content_length = incoming.size_bytes
    await response.prepare(request)
    try:
        async for chunk in connection.body(incoming.size_bytes):
            await response.write(chunk)
    except (MimeError, OSError) as error:  # too late for an error answer: break the connection instead
        log.warning("file cut off: %s", error, extra={"fields": {"name": incoming.name}})
        if request.transport:
            request.transport.abort()
    return response


def _page_limit(request: web.Request) -> int:
    seen = request.query.get("limit", str(USUAL_PAGE_FILES))
    if not LIMIT.fullmatch(seen) or int(seen) > MOST_PAGE_FILES:
        raise web.HTTPBadRequest(text=f"limit: expected a whole number from 1 to {MOST_PAGE_FILES}, saw {seen!r}")
    return int(seen)


def _after(request: web.Request) -> str:
    seen = request.query.get("after", "")
    if len(seen) > LONGEST_NAME:
        raise web.HTTPBadRequest(text=f"after: expected {LONGEST_NAME} characters at most, saw {len(seen)}")
    return seen
