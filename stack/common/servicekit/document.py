"""Serves a service's OpenAPI document."""

from pathlib import Path

from aiohttp import web

DOCUMENT = "openapi.yaml"


def add_document(app: web.Application, path: str, folder: Path) -> None:
    """Serve this folder's `openapi.yaml` under a path, with the media type of RFC 9512."""
    document = (folder / DOCUMENT).read_bytes()

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=document, content_type="application/yaml")

    app.router.add_get(path, answer)
