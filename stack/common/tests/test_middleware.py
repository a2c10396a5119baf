import pytest
import requests
from aiohttp import web
from servicekit.metrics import HttpMetrics
from servicekit.middleware import observed_app
from servicekit.wire import MimeRefusedError, MimeUnavailableError
from testkit.fixtures import Serve
from testkit.http import http_service
from testkit.mime import WITHIN_S


def make_app(metrics: HttpMetrics) -> web.Application:
    """Make an application that fails as told."""

    async def fail(request: web.Request) -> web.Response:
        match request.match_info["how"]:
            case "bug":
                raise RuntimeError("a bug")
            case "refused":
                raise MimeRefusedError("too_large", "too much")
            case "silent":
                raise MimeUnavailableError("timeout", "no answer")
            case "unreachable":
                raise MimeUnavailableError("unreachable", "no route")
        return web.json_response({})

    app = observed_app(metrics)
    app.router.add_get("/{how}", fail)
    return app


@pytest.fixture
def urls(serve: Serve) -> tuple[str, str]:
    """Give the URL of the application, and that of its metrics."""
    return serve(http_service(make_app)).value


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("bug", 500, "internal"),
        ("refused", 413, "too_large"),
        ("silent", 504, "timeout"),
        ("unreachable", 502, "unreachable"),
        ("no/such/path", 404, "not_found"),
    ],
)
def test_every_failure_is_answered_in_json(urls: tuple[str, str], how: str, status: int, code: str) -> None:
    """The client gets a code, a message, and the id by which the log has the rest."""
    answer = requests.get(f"{urls[0]}/{how}", timeout=WITHIN_S)
    assert answer.status_code == status
    body = answer.json()
    assert body["error"] == code
    assert body["message"]
    assert body["request_id"] == answer.headers["X-Request-ID"]


def test_a_request_keeps_the_id_it_came_with(urls: tuple[str, str]) -> None:
    """One id follows a request through all services."""
    answer = requests.get(f"{urls[0]}/fine", headers={"X-Request-ID": "abc-1.2_3"}, timeout=WITHIN_S)
    assert answer.headers["X-Request-ID"] == "abc-1.2_3"


def test_an_unfit_id_is_replaced(urls: tuple[str, str]) -> None:
    """Nobody writes into the logs what he likes."""
    answer = requests.get(f"{urls[0]}/fine", headers={"X-Request-ID": 'x" y'}, timeout=WITHIN_S)
    assert len(answer.headers["X-Request-ID"]) == 32


def test_requests_are_counted_by_class_and_timed(urls: tuple[str, str]) -> None:
    """Error rates and latencies can be computed for each route; unknown paths make no new series."""
    for path in ("fine", "fine", "bug", "refused", "no/such/path", "no/other/path"):
        requests.get(f"{urls[0]}/{path}", timeout=WITHIN_S)
    page = requests.get(urls[1], timeout=WITHIN_S).text
    for line in (
        'http_requests_total{method="GET",route="/{how}",status_class="2xx"} 2.0',
        'http_requests_total{method="GET",route="/{how}",status_class="4xx"} 1.0',
        'http_requests_total{method="GET",route="/{how}",status_class="5xx"} 1.0',
        'http_requests_total{method="GET",route="unmatched",status_class="4xx"} 2.0',
        'http_request_duration_seconds_bucket{le="0.5",method="GET",route="/{how}"} 4.0',
    ):
        assert line in page
