"""Errors in one format: problem details (RFC 9457) with a code and the request's id."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from servicekit.logs import request_id

PROBLEM_TYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """The answer to a request that could not be served.

    Args:
        status: HTTP status; its phrase is the title, as RFC 9457 requires for the type `about:blank`.
        code: The reason as one word, for programs.
        detail: The reason as text, for people.
        headers: Additional headers.
    """
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        "request_id": request_id.get(),
    }
    return web.json_response(body, status=status, content_type=PROBLEM_TYPE, headers=headers)
