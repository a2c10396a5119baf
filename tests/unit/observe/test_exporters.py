"""An exporter is queried once: its answer comes in time, or there is one clear message."""

import http.server
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
