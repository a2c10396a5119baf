"""An exporter is queried once: its answer comes in time, or there is one clear message."""

import contextlib
import gzip
import http.server
import socketserver
import threading
import time

import pytest

from stackproof.observe.exporters import MetricsUnavailableError, fetch_exposition
from tests.tiny_servers import AnswersHttp, ClosesWordless, Floods, NeverAnswers, serving


class _Refuses(AnswersHttp):
    def do_GET(self) -> None:  # noqa: N802 - the base class names it so
        self.send_error(503)


class _Binary(AnswersHttp):
    def do_GET(self) -> None:  # noqa: N802 - the base class names it so
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"\xff\xfe\x00")
        self.close_connection = True


class _Drips(socketserver.BaseRequestHandler):
    """Sends what it has letter by letter, each well within the timeout of a socket."""

    begins: bytes
    drop: bytes

    def handle(self) -> None:
        over = threading.Event()
        with contextlib.suppress(OSError):
            self.request.sendall(self.begins)
            while not over.wait(0.05):
                self.request.sendall(self.drop)


class _DripsHeaders(_Drips):
    begins = b"HTTP/1.1 200 OK\r\nX-Slow: "
    drop = b"x"


class _DripsLines(_Drips):
    begins = b"HTTP/1.1 200 OK\r\n"
    drop = b"HTTP/1.1 100 Continue\r\n\r\n"


class _DripsBody(_Drips):
    begins = b"HTTP/1.1 200 OK\r\n\r\n"
    drop = b"# HELP\n"


class _NeverEnds(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                self.request.sendall(b"up 1\n" * 100_000)


class _Bomb(AnswersHttp):
    def do_GET(self) -> None:  # noqa: N802 - the base class names it so
        body = gzip.compress(bytes(64 << 20), 9)
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Redirects(AnswersHttp):
    to: str

    def do_GET(self) -> None:  # noqa: N802 - the base class names it so
        self.send_response(302)
        self.send_header("Location", self.to)
        self.send_header("Content-Length", "0")
        self.end_headers()


class _ToFile(_Redirects):
    to = "file:///etc/hostname"


class _ToFtp(_Redirects):
    to = "ftp://127.0.0.1/metrics"


class _ToItself(_Redirects):
    to = "/metrics"


def test_an_answer_is_returned() -> None:
    """The text that the exporter serves."""
    with serving(AnswersHttp) as address:
        assert fetch_exposition(f"http://{address.host}:{address.port}/metrics").startswith("all is well")


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (NeverAnswers, "does not answer"),
        (ClosesWordless, "does not answer"),
        (Floods, "does not answer"),
        (_Refuses, "HTTP 503"),
        (_Binary, "does not answer with text"),
    ],
)
def test_a_broken_exporter_gives_one_message_in_time(
    handler: type[http.server.BaseHTTPRequestHandler], message: str
) -> None:
    """Silence, a broken connection, noise, an error status: no wait and no traceback."""
    begun_s = time.monotonic()
    with serving(handler) as address, pytest.raises(MetricsUnavailableError, match=message):
        fetch_exposition(f"http://{address.host}:{address.port}/metrics", within_s=0.5)
    assert time.monotonic() - begun_s < 30


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (_DripsHeaders, "does not answer in full within 0.5 s"),
        (_DripsLines, "does not answer in full within 0.5 s"),
        (_DripsBody, "does not answer in full within 0.5 s"),
        (_NeverEnds, "answers with more than 32 MiB|does not answer in full within 0.5 s"),
        (_Bomb, "does not answer with text"),
        (_ToFile, "HTTP 302"),
        (_ToFtp, "it redirects to 'ftp://127.0.0.1/metrics', which is no http:// address"),
        (_ToItself, "HTTP 302"),
    ],
)
def test_a_hostile_server_costs_no_more_than_its_time(
    handler: type[socketserver.BaseRequestHandler], message: str
) -> None:
    """Bytes that come one by one, without end or compressed, and ways to other places: the whole answer has a bound."""
    begun_s = time.monotonic()
    with serving(handler) as address, pytest.raises(MetricsUnavailableError, match=message):
        fetch_exposition(f"http://{address.host}:{address.port}/metrics", within_s=0.5)
    assert time.monotonic() - begun_s < 5


@pytest.mark.parametrize("url", ["ftp://localhost/metrics", "file:///etc/hostname", "http://[broken", "http://"])
def test_an_invalid_address_is_reported(url: str) -> None:
    """No file is read through a URL."""
    with pytest.raises(MetricsUnavailableError):
        fetch_exposition(url)


def test_an_unreachable_exporter_is_reported() -> None:
    """Nothing listens on the port."""
    with serving(AnswersHttp) as address:
        pass
    with pytest.raises(MetricsUnavailableError, match="does not answer"):
        fetch_exposition(f"http://{address.host}:{address.port}/metrics", within_s=0.5)
