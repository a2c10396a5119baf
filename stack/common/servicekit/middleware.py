"""Common handling of every HTTP request: request id, log line, metrics, errors as problems, security headers."""

import logging
import re
import time
import uuid
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from servicekit.logs import request_id
from servicekit.metrics import HttpMetrics
from servicekit.problems import problem
from servicekit.wire import MimeError

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

STATUS_OF_CODE = {
    "bad_request": HTTPStatus.BAD_REQUEST,
    "header_too_long": HTTPStatus.BAD_REQUEST,
    "digest_mismatch": HTTPStatus.BAD_REQUEST,
    "user_not_allowed": HTTPStatus.FORBIDDEN,
    "policy_refused": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "type_not_allowed": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "timeout": HTTPStatus.GATEWAY_TIMEOUT,
    "storage_full": HTTPStatus.INSUFFICIENT_STORAGE,
    "too_many_connections": HTTPStatus.SERVICE_UNAVAILABLE,
    "policy_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""HTTP status for each code of a failed transfer. Any other code becomes 502: the server behind us is at fault."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer, unless the answer sets one of them itself."""

SERVER = "mime-stack"
"""The `Server` header. It names no library and no version."""

log = logging.getLogger(__name__)


def observing(metrics: HttpMetrics) -> Middleware:
    """The outermost middleware: sets the request's id, then counts and logs the outcome."""

    @web.middleware
    async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id.set(given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex)
        began = time.monotonic()
        response = await _answered(request, handler)
        duration_s = time.monotonic() - began
        metrics.observe(request, response.status, duration_s)
        fields = {"method": request.method, "path": request.path, "status": response.status, "duration_s": duration_s}
        level = logging.DEBUG if request.path.startswith("/health/") else logging.INFO
        log.log(level, "answered", extra={"fields": fields})
        return response

    return observe


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        kept = {name: value for name, value in error.headers.items() if not name.lower().startswith("content-")}
        return problem(error.status, error.reason.lower().replace(" ", "_"), error.text or error.reason, kept)
    except MimeError as error:
        log.warning("transfer failed: %s", error, extra={"fields": {"code": error.code}})
        status = STATUS_OF_CODE.get(error.code, HTTPStatus.BAD_GATEWAY)
        return problem(status, error.code, str(error))
    except Exception:  # whatever went wrong, the client gets an answer
        log.exception("request failed")
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "the request failed; see the log")


def add_headers(response: web.StreamResponse) -> None:
    """Add the request's id and the security headers to an answer."""
    response.headers["X-Request-ID"] = request_id.get()
    response.headers["Server"] = SERVER
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)


async def add_headers_on_prepare(_request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers; a handler of `on_response_prepare`, which covers streamed answers too."""
    add_headers(response)


def observed_app(metrics: HttpMetrics) -> web.Application:
    """An application without routes, whose requests get an id, a log line and metrics."""
    app = web.Application(middlewares=[observing(metrics)])
    app.on_response_prepare.append(add_headers_on_prepare)
    return app
