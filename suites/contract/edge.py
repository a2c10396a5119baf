"""What the gateway alone decides: TLS, HTTP/2, and its limits on slow clients and large requests."""

import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPResponse
from socket import socket
from threading import Event, Thread

import httpx

from suites.contract.problems import PROTECTION, TRANSPORT, assert_problem, assert_protected
from suites.contract.ways import CERTIFIED, DEADLINE_S, Way

EVERY = PROTECTION | TRANSPORT
HEADER_S = BODY_S = 10.0
"""How long all headers may take, and how long a body may pause."""


def agreed(way: Way, newest: ssl.TLSVersion) -> str | None:
    """The version of TLS that the gateway negotiates with a client that supports none newer than this, if any."""
    context = way.trust()
    context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    context.set_ciphers("ALL:@SECLEVEL=0")  # the gateway must refuse, not this side
    with closing(way.tcp()) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=CERTIFIED) as secured:
                return secured.version()
        except (ssl.SSLError, ConnectionError):
            return None


def assert_tls(way: Way) -> None:
    """TLS 1.3 and nothing older, whatever a client offers (RFC 8446).

    Raises:
        AssertionError: The gateway negotiates otherwise.
    """
    seen = agreed(way, ssl.TLSVersion.MAXIMUM_SUPPORTED), agreed(way, ssl.TLSVersion.TLSv1_2)
    assert seen == ("TLSv1.3", None), f"expected TLS 1.3, and nothing with a client of TLS 1.2; saw {seen}"


def assert_http2(way: Way, path: str = "/health") -> None:
    """A client that supports HTTP/2 gets it by ALPN, and is answered (RFC 9113).

    Raises:
        AssertionError: The answer has another version or status.
    """
    with httpx.Client(http2=True, verify=way.trust(), timeout=DEADLINE_S, trust_env=False) as client:
        answer = client.get(f"{way.url}{path}", extensions={"sni_hostname": CERTIFIED})
    assert (answer.http_version, answer.status_code) == ("HTTP/2", httpx.codes.OK), answer


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that the gateway must refuse.

    Attributes:
        request: Its bytes.
        status: The status of the refusal.
    """

    request: bytes
    status: HTTPStatus


HEAD = b"Host: gateway\r\nConnection: close\r\n"
GET = b"GET / HTTP/1.1\r\n" + HEAD
UPLOAD = b"POST /upload HTTP/1.1\r\n" + HEAD + b"Content-Type: multipart/form-data; boundary=b\r\n"
LONG = b"x" * 5000
MANY = b"".join(b"X-%d: %d\r\n" % (each, each) for each in range(2700))

REFUSED = {
    "no HTTP": Refused(b"what\r\n\r\n", HTTPStatus.BAD_REQUEST),
    "no host": Refused(b"GET / HTTP/1.1\r\n\r\n", HTTPStatus.BAD_REQUEST),
    "two hosts": Refused(GET + b"Host: other\r\n\r\n", HTTPStatus.BAD_REQUEST),
    "HTTP of the future": Refused(b"GET / HTTP/9.0\r\n" + HEAD + b"\r\n", HTTPStatus.HTTP_VERSION_NOT_SUPPORTED),
    "a method that echoes": Refused(b"TRACE / HTTP/1.1\r\n" + HEAD + b"\r\n", HTTPStatus.METHOD_NOT_ALLOWED),
    "a long URL": Refused(b"GET /" + LONG + b" HTTP/1.1\r\n" + HEAD + b"\r\n", HTTPStatus.REQUEST_URI_TOO_LONG),
    "a long header": Refused(GET + b"X-Long: " + LONG + b"\r\n\r\n", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    "many headers": Refused(GET + MANY + b"\r\n", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    "a long body": Refused(UPLOAD + b"Content-Length: 200000000\r\n\r\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    "an unknown coding": Refused(UPLOAD + b"Transfer-Encoding: gzip\r\n\r\n", HTTPStatus.NOT_IMPLEMENTED),
}
"""Each by its name in the report."""


def assert_refused(way: Way, case: Refused) -> None:
    """The request is refused in the documented form.

    Raises:
        AssertionError: The answer is another one.
        OSError: There is no answer in time.
    """
    with closing(way.stream()) as connection:
        with suppress(OSError):  # refused before all was sent: the answer has the reason
            connection.sendall(case.request)
        answer = HTTPResponse(connection)
        answer.begin()
        body = answer.read()
    assert answer.status == case.status, f"expected {case.status}, saw {answer.status} {body!r}"
    assert_problem(answer.status, answer.headers, body)
    assert_protected(answer.headers, EVERY)


@contextmanager
def dripping(connection: socket, drop: bytes) -> Iterator[None]:
    """Send this every half second, until the block ends or the other side closes the connection."""
    over = Event()

    def drip() -> None:
        with suppress(OSError):
            while not over.wait(0.5):
                connection.sendall(drop)

    thread = Thread(target=drip, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(DEADLINE_S)


def seconds_until_ended(connection: socket) -> float:
    """How long the other side keeps a connection without a complete request.

    Raises:
        TimeoutError: It keeps the connection.
    """
    start_s = time.monotonic()
    with suppress(ConnectionError):
        while connection.recv(4096):
            pass
    return time.monotonic() - start_s
