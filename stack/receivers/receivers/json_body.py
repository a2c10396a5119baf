"""Reads a request's body as JSON."""

import json

from aiohttp import web


class BrokenBodyError(Exception):
    """The body is not a JSON object; `text` is its beginning."""

    def __init__(self, message: str, text: str) -> None:
        super().__init__(message)
        self.text = text


async def json_body(request: web.Request) -> dict[str, object]:
    """Parse the body.

    Raises:
        BrokenBodyError: It is not a JSON object.
    """
    text = (await request.read()).decode(errors="replace")
    try:
        body = json.loads(text)
    except ValueError as error:
        raise BrokenBodyError(f"expected JSON, saw {text[:80]!r}: {error}", text[:1000]) from error
    if not isinstance(body, dict):
        raise BrokenBodyError(f"expected a JSON object, saw {text[:80]!r}", text[:1000])
    return body
