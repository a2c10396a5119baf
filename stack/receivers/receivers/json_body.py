"""Reads a request's body as JSON."""

import json

from aiohttp import web


class BrokenBodyError(Exception):
    """The body is no JSON object; `text` is how it begins."""

    def __init__(self, message: str, text: str) -> None:
        super().__init__(message)
        self.text = text


async def json_body(request: web.Request) -> dict[str, object]:
    """Give the body.

    Raises:
        BrokenBodyError: It is no JSON object.
    """
    text = (await request.read()).decode(errors="replace")
    try:
        body = json.loads(text)
    except ValueError as error:
        raise BrokenBodyError(f"expected JSON, saw {text[:80]!r}: {error}", text[:1000]) from error
    if not isinstance(body, dict):
        raise BrokenBodyError(f"expected a JSON object, saw {text[:80]!r}", text[:1000])
    return body
