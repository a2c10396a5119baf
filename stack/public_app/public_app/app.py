"""The application's routes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError
from servicekit.document import add_document
from servicekit.metrics import HttpMetrics
from servicekit.middleware import observed_app
from servicekit.probes import Probes, add_probes
from servicekit.wire import Outgoing, Receipt

from public_app.page import PAGE
from public_app.settings import Settings
from public_app.spool import Spool, spooled

MOST_PARTS = 16
RETRY_AFTER = {"Retry-After": "1"}
PAGE_HEADERS = {
    "Cache-Control": "max-age=60",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
UNREADABLE = (
    *(ValueError, IndexError, AssertionError, RuntimeError),
    *(HttpProcessingError, web.RequestPayloadError, ConnectionResetError),
)
"""What aiohttp raises on a malformed form, or when the client disconnects."""


def make_app(settings: Settings, metrics: HttpMetrics) -> web.Application:
    """Create the application."""
    app = observed_app(metrics)
    uploads = Uploads(settings)
    app.router.add_get("/", show_page)
    app.router.add_post("/upload", uploads.take)
    add_document(app, "/openapi.yaml", Path(__file__).parent)
    add_probes(app, Probes(ready=settings.mime_server.why_not_ready))
    return app


async def show_page(_request: web.Request) -> web.Response:
    """The page with the form."""
    return web.Response(body=PAGE, content_type="text/html", charset="utf-8", headers=PAGE_HEADERS)


class Uploads:
    """Passes files from forms on to mime-server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free = asyncio.Semaphore(settings.max_uploads)

    async def take(self, request: web.Request) -> web.Response:
        """Store a form's file, and answer with the receipt."""
        if self._free.locked():
            raise web.HTTPServiceUnavailable(text="too many uploads at once; try again", headers=RETRY_AFTER)
        async with self._free, spooled(self._settings.spool_dir) as spool:
            mime_type = await self._read_form(request, spool)
            async with self._settings.mime_server.connected() as connection:
                receipt = await connection.send(Outgoing(mime_type, spool.size_bytes), spool.chunks())
        return web.json_response(_fields(receipt), status=HTTPStatus.CREATED)

    async def _read_form(self, request: web.Request, spool: Spool) -> str:
        """Spool the file of a form; returns its type."""
        try:
            with _readable():
                async with asyncio.timeout(self._settings.form_s):
                    part = await _file_part(request)
                    await spool.fill(part, self._settings.max_size_bytes)
        except TimeoutError as error:
            raise web.HTTPRequestTimeout(text=f"expected the form within {self._settings.form_s} s") from error
        return part.headers.get("Content-Type", "application/octet-stream").partition(";")[0].strip()


def _fields(receipt: Receipt) -> dict[str, object]:
    return {"stored_as": receipt.stored_as, "size": receipt.size_bytes, "sha256": receipt.sha256}


@contextmanager
def _readable() -> Iterator[None]:
    """Answer 400 to any malformed form."""
    try:
        yield
    except UNREADABLE as error:
        raise web.HTTPBadRequest(text=f"the form cannot be read: {error}") from error


async def _file_part(request: web.Request) -> BodyPartReader:
    """Find the form's part named `file`."""
    if not request.content_type.startswith("multipart/"):
        raise web.HTTPUnsupportedMediaType(text=f"expected a multipart form, saw {request.content_type}")
    reader = await request.multipart()
    for _ in range(MOST_PARTS):
        part = await reader.next()
        if isinstance(part, BodyPartReader) and part.name == "file":
            return part
    raise web.HTTPBadRequest(text="expected a form with a part named 'file'")
