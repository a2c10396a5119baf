"""An exporter is asked once; whatever it does, the answer comes in time or is one clear message."""

import http.server
import time

import pytest

from stackproof.observe.exposition import NoExpositionError, ask_exposition
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


def test_an_answer_is_given_back() -> None:
    """What the exporter says is what is read."""
    with serving(AnswersHttp) as address:
        assert ask_exposition(f"http://{address.host}:{address.port}/metrics").startswith("all is well")


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
def test_a_strange_exporter_is_one_message_in_time(
    handler: type[http.server.BaseHTTPRequestHandler], message: str
) -> None:
    """Silence, a broken connection, noise, a refusal: nobody waits, and nobody sees a traceback."""
    begun_s = time.monotonic()
    with serving(handler) as address, pytest.raises(NoExpositionError, match=message):
        ask_exposition(f"http://{address.host}:{address.port}/metrics", within_s=0.5)
    assert time.monotonic() - begun_s < 30


@pytest.mark.parametrize("url", ["ftp://localhost/metrics", "file:///etc/hostname", "http://[broken", "http://"])
def test_what_is_no_address_of_an_exporter_is_told(url: str) -> None:
    """No file is read by way of an address."""
    with pytest.raises(NoExpositionError):
        ask_exposition(url)


def test_nobody_there_is_told() -> None:
    """A port that nothing listens on."""
    with serving(AnswersHttp) as address:
        pass
    with pytest.raises(NoExpositionError, match="does not answer"):
        ask_exposition(f"http://{address.host}:{address.port}/metrics", within_s=0.5)
