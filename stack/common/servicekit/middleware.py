"""What every HTTP request passes: its id, its log line, its metrics, errors as problems, and headers that protect."""

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
"""What a failed transfer is in HTTP's words, by its code; any other is 502, for the fault is then behind us."""

PROTECTION = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What no browser may do with an answer, where the answer itself does not say otherwise."""

SERVER = "mime-stack"
"""What is said of who made an answer; no library, and no version of one."""

log = logging.getLogger(__name__)


def observing(metrics: HttpMetrics) -> Middleware:
    """Make the outermost middleware: it gives the request its id, then counts and logs how it ended."""

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
    except Exception:  # the last guard: whatever went wrong, the client gets an answer
        log.exception("request failed")
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "the request failed; see the log")


def dress(response: web.StreamResponse) -> None:
    """Put the request's id and the protection on an answer."""
    response.headers["X-Request-ID"] = request_id.get()
    response.headers["Server"] = SERVER
    for name, value in PROTECTION.items():
        response.headers.setdefault(name, value)


async def dress_before_sending(_request: web.Request, response: web.StreamResponse) -> None:
    """Dress an answer; an `on_response_prepare` signal, so that streamed ones are dressed too."""
    dress(response)


def observed_app(metrics: HttpMetrics) -> web.Application:
    """Make an empty application whose requests are named, logged and counted."""
    app = web.Application(middlewares=[observing(metrics)])
    app.on_response_prepare.append(dress_before_sending)
    return app
