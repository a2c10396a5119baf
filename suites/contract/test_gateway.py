"""The gateway keeps docs/http.md: TLS 1.3, HTTP/2, and limits on slow clients and large requests."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPResponse

import pytest

from stackproof import ProbeKind, Run
from suites.contract.conftest import GATEWAY
from suites.contract.edge import (
    BODY_S,
    EVERY,
    HEAD,
    HEADER_S,
    REFUSED,
    UPLOAD,
    assert_http2,
    assert_refused,
    assert_tls,
    dripping,
    seconds_until_ended,
)
from suites.contract.problems import PROBLEM_TYPE, PROTECTION, Problem, assert_problem, assert_protected
from suites.contract.ways import Way


def test_nothing_older_than_tls_1_3_is_accepted(gateway: Way) -> None:
    """No client can downgrade the gateway to a version with known weaknesses."""
    assert_tls(gateway)


def test_clients_that_support_http_2_get_it(gateway: Way) -> None:
    """For its own answers and for pages behind it."""
    assert_http2(gateway)
    assert_http2(gateway, "/")


@pytest.mark.parametrize("path", ["/", "/upload", "/api/stats", "/api/files", "/openapi.yaml", "/ca.pem", "/nothing"])
def test_without_tls_every_page_redirects_to_tls(plain_gateway: Way, path: str) -> None:
    """Nothing is served in the clear but the redirect."""
    for method in ("GET", "POST"):
        with closing(plain_gateway.connection()) as connection:
            connection.request(method, path, headers={"Host": "gateway"})
            answer = connection.getresponse()
            answer.read()
        assert (answer.status, answer.headers["Location"]) == (308, f"https://gateway{path}")


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready", "/health/startup"])
def test_health_is_answered_without_tls(plain_gateway: Way, path: str) -> None:
    """Monitoring needs no certificate."""
    with closing(plain_gateway.connection()) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b'{"status":"ok"}\n')
    assert_protected(answer.headers, PROTECTION)


@pytest.mark.parametrize(
    "path", ["/", "/health", "/api/stats", "/openapi.yaml", "/nothing", "/api/nothing", "/problem"]
)
def test_every_answer_over_tls_has_the_security_headers(gateway: Way, path: str) -> None:
    """Each exactly once, from the gateway and from the services behind it, in answers and in refusals."""
    with closing(gateway.connection()) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    assert_protected(answer.headers, EVERY)
    if answer.status != 200:
        assert_problem(answer.status, answer.headers, body)


@pytest.mark.parametrize("case", REFUSED)
def test_requests_beyond_a_limit_are_refused_in_one_form(gateway: Way, case: str) -> None:
    """What is not HTTP, or beyond a limit, is answered like any other problem."""
    assert_refused(gateway, REFUSED[case])


def test_requests_that_only_a_service_refuses_are_refused_in_the_same_form(gateway: Way) -> None:
    """A header that passes the gateway, and not the parser behind it, is a client error."""
    with closing(gateway.stream()) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + HEAD + b"X-Odd: a\x01b\r\n\r\n")
        answer = HTTPResponse(connection)
        answer.begin()
        problem = Problem.model_validate_json(answer.read())
    assert (answer.status, problem.status, answer.headers.get_content_type()) == (400, 400, PROBLEM_TYPE)
    assert_protected(answer.headers, EVERY)


def test_slow_clients_are_disconnected(stack: Run, gateway: Way) -> None:
    """A client that sends its header slowly, or stops within a body, is disconnected in time; others are served."""
    with closing(gateway.stream(60)) as header, closing(gateway.stream(60)) as body:
        header.sendall(b"GET / HTTP/1.1\r\n")
        body.sendall(UPLOAD + b"Content-Length: 1000\r\n\r\n--b\r\n")
        with dripping(header, b"X-Slow: 1\r\n"), ThreadPoolExecutor(2) as pool:
            ends = [pool.submit(seconds_until_ended, each) for each in (header, body)]
            assert stack.service(GATEWAY).ask(ProbeKind.READINESS).ok
            header_s, body_s = (each.result() for each in ends)
    assert header_s > HEADER_S / 2, f"a header was allowed only {header_s:.1f} s"
    assert body_s > BODY_S / 2, f"a body was allowed only {body_s:.1f} s"
