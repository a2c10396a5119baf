import pytest
import requests
from aiohttp import web
from servicekit.metrics import HttpMetrics
from servicekit.middleware import SECURITY_HEADERS, SERVER, observed_app
from servicekit.wire import MimeRefusedError, MimeUnavailableError
from testkit.fixtures import Serve
from testkit.http import served_app
from testkit.mime import WITHIN_S


def make_app(metrics: HttpMetrics) -> web.Application:
    """An application that fails as requested."""

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
    """The URL of the application, and that of its metrics."""
    return serve(served_app(make_app)).value


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
def test_every_failure_is_answered_as_a_problem(urls: tuple[str, str], how: str, status: int, code: str) -> None:
    """The client gets a code, a text and the id under which the log has the details (RFC 9457)."""
    answer = requests.get(f"{urls[0]}/{how}", timeout=WITHIN_S)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    body = answer.json()
    assert (body["type"], body["status"], body["code"]) == ("about:blank", status, code)
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["X-Request-ID"]


def test_a_malformed_request_is_answered_as_a_problem_too(urls: tuple[str, str]) -> None:
    """A line that is too long never reaches the application, and is refused in the same format."""
    answer = requests.get(f"{urls[0]}/{'x' * 9000}", timeout=WITHIN_S)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert answer.headers["Server"] == SERVER
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_a_wrong_method_is_answered_with_the_right_ones(urls: tuple[str, str]) -> None:
    """The problem keeps the header `Allow`."""
    answer = requests.post(f"{urls[0]}/fine", timeout=WITHIN_S)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET,HEAD")


@pytest.mark.parametrize("how", ["fine", "bug", "no/such/path"])
def test_every_answer_has_the_security_headers(urls: tuple[str, str], how: str) -> None:
    """Browsers may not sniff types, frame the answer, run it or leak referrers; the server software is not named."""
    answer = requests.get(f"{urls[0]}/{how}", timeout=WITHIN_S)
    assert SECURITY_HEADERS.items() <= answer.headers.items()
    assert answer.headers["Server"] == SERVER


def test_a_request_keeps_the_id_it_came_with(urls: tuple[str, str]) -> None:
    """One id follows a request through all services."""
    answer = requests.get(f"{urls[0]}/fine", headers={"X-Request-ID": "abc-1.2_3"}, timeout=WITHIN_S)
    assert answer.headers["X-Request-ID"] == "abc-1.2_3"


def test_an_unsafe_id_is_replaced(urls: tuple[str, str]) -> None:
    """Clients cannot write arbitrary text into the logs."""
    answer = requests.get(f"{urls[0]}/fine", headers={"X-Request-ID": 'x" y'}, timeout=WITHIN_S)
    assert len(answer.headers["X-Request-ID"]) == 32


def test_requests_are_counted_by_class_and_timed(urls: tuple[str, str]) -> None:
    """Error rates and latencies can be computed per route; unknown paths create no new series."""
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
