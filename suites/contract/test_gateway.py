"""The gateway lets in what docs/http.md lets in: TLS 1.3, HTTP/2, and clients that neither stall nor say too much."""

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


def test_nothing_older_than_tls_1_3_is_spoken(gateway: Way) -> None:
    """Nobody talks the gateway down to a version with known weaknesses."""
    assert_tls(gateway)


def test_http_2_is_spoken_by_whoever_can(gateway: Way) -> None:
    """A browser needs one connection, through the gateway to a page behind it."""
    assert_http2(gateway)
    assert_http2(gateway, "/")


@pytest.mark.parametrize("path", ["/", "/upload", "/api/stats", "/api/files", "/openapi.yaml", "/ca.pem", "/nothing"])
def test_without_tls_there_is_but_the_way_to_it(plain_gateway: Way, path: str) -> None:
    """Nothing is said in the clear but where to say it safely."""
    for method in ("GET", "POST"):
        with closing(plain_gateway.connection()) as connection:
            connection.request(method, path, headers={"Host": "gateway"})
            answer = connection.getresponse()
            answer.read()
        assert (answer.status, answer.headers["Location"]) == (308, f"https://gateway{path}")


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready", "/health/startup"])
def test_without_tls_health_is_told(plain_gateway: Way, path: str) -> None:
    """Whoever watches needs no certificate."""
    with closing(plain_gateway.connection()) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b'{"status":"ok"}\n')
    assert_protected(answer.headers, PROTECTION)


@pytest.mark.parametrize(
    "path", ["/", "/health", "/api/stats", "/openapi.yaml", "/nothing", "/api/nothing", "/problem"]
)
def test_every_answer_over_tls_protects_whoever_shows_it(gateway: Way, path: str) -> None:
    """Each header once, from the gateway and from the services behind it, in answers and in refusals."""
    with closing(gateway.connection()) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    assert_protected(answer.headers, EVERY)
    if answer.status != 200:
        assert_problem(answer.status, answer.headers, body)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_too_much_is_refused_in_one_shape(gateway: Way, case: str) -> None:
    """What is no HTTP, or beyond a limit, is told so as any other problem."""
    assert_refused(gateway, REFUSED[case])


def test_what_only_a_service_refuses_is_told_in_the_same_shape(gateway: Way) -> None:
    """A header that the gateway lets through, and the parser behind it does not, is no server error."""
    with closing(gateway.stream()) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + HEAD + b"X-Odd: a\x01b\r\n\r\n")
        answer = HTTPResponse(connection)
        answer.begin()
        problem = Problem.model_validate_json(answer.read())
    assert (answer.status, problem.status, answer.headers.get_content_type()) == (400, 400, PROBLEM_TYPE)
    assert_protected(answer.headers, EVERY)


def test_slow_clients_do_not_keep_their_places(stack: Run, gateway: Way) -> None:
    """Who drips a header, or stops in the middle of a body, is let go when the time is up; others are served."""
    with closing(gateway.stream(60)) as header, closing(gateway.stream(60)) as body:
        header.sendall(b"GET / HTTP/1.1\r\n")
        body.sendall(UPLOAD + b"Content-Length: 1000\r\n\r\n--b\r\n")
        with dripping(header, b"X-Slow: 1\r\n"), ThreadPoolExecutor(2) as pool:
            ends = [pool.submit(seconds_until_ended, each) for each in (header, body)]
            assert stack.service(GATEWAY).ask(ProbeKind.READINESS).ok
            header_s, body_s = (each.result() for each in ends)
    assert header_s > HEADER_S / 2, f"a header was given {header_s:.1f} s"
    assert body_s > BODY_S / 2, f"a body was given {body_s:.1f} s"
