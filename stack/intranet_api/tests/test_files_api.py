import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from intranet_api.app import make_app
from intranet_api.settings import Settings
from mime_server.server import Ports
from servicekit.upstream import MimeServer
from servicekit.wire import Address, Timeouts
from testkit.fixtures import Serve
from testkit.http import served_app
from testkit.mime import LOOPBACK, WITHIN_S, RawClient, mime_server, mime_settings
from testkit.served import Served


@dataclass(frozen=True, slots=True)
class Stack:
    """The API, and the mime-server behind it."""

    url: str
    mime: Served[Ports]
    mime_port: int

    def get(self, path: str) -> requests.Response:
        """Request a path of the API."""
        return requests.get(f"{self.url}{path}", timeout=WITHIN_S)

    def store(self, *bodies: bytes) -> list[str]:
        """Store files directly in mime-server, and return their names."""
        with RawClient(self.mime_port) as client:
            for body in bodies:
                client.send_file(body)
            return [str(client.answer()["stored_as"]) for _ in bodies]


@pytest.fixture
def stack(serve: Serve, tmp_path: Path) -> Stack:
    """The API and a mime-server."""
    mime = serve(mime_server(mime_settings(tmp_path)))
    settings = Settings(MimeServer(Address(LOOPBACK, mime.value.transfers), Timeouts(WITHIN_S, WITHIN_S)), 1.0)
    url, _ = serve(served_app(lambda metrics: make_app(settings, metrics))).value
    return Stack(url, mime, mime.value.transfers)


def test_files_are_listed_page_by_page(stack: Stack) -> None:
    """Each file once, in order; the last page is marked."""
    names = sorted(stack.store(b"a", b"bb", b"ccc"))
    first = stack.get("/api/files?limit=2").json()
    assert [file["name"] for file in first["files"]] == names[:2]
    last = stack.get(f"/api/files?limit=2&after={first['next']}").json()
    assert [file["name"] for file in last["files"]] == names[2:]
    assert last["next"] is None


def test_a_file_is_fetched_as_it_was_stored(stack: Stack) -> None:
    """All bytes, with type, size and digest."""
    body = os.urandom(2_000_000)
    (name,) = stack.store(body)
    answer = stack.get(f"/api/files/{name}")
    assert answer.content == body
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["X-Content-SHA256"] == hashlib.sha256(body).hexdigest()
    assert answer.headers["X-Request-ID"]


def test_statistics_count_what_is_stored(stack: Stack) -> None:
    """Files and bytes, immediately after a transfer."""
    assert stack.get("/api/stats").json() == {"files": 0, "bytes": 0}
    stack.store(b"abc", b"de")
    assert stack.get("/api/stats").json() == {"files": 2, "bytes": 5}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/files/received_0000.plain", 404),
        ("/api/files/..%2Fsecret", 404),
        ("/api/files?limit=0", 400),
        ("/api/files?limit=x", 400),
        (f"/api/files?limit={'9' * 5000}", 400),
        (f"/api/files?after={'x' * 256}", 400),
        ("/api/nothing", 404),
    ],
)
def test_a_bad_request_gets_the_reason(stack: Stack, path: str, status: int) -> None:
    """Errors of the client are 4xx, with a message."""
    answer = stack.get(path)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_file_that_is_cut_off_does_not_pass_for_complete(stack: Stack, tmp_path: Path) -> None:
    """If a file breaks off behind the API, the client sees a broken transfer, not a short file."""
    (name,) = stack.store(bytes(6_000_000))
    with requests.get(f"{stack.url}/api/files/{name}", timeout=WITHIN_S, stream=True) as answer:
        os.truncate(tmp_path / name, 0)
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="Connection broken"):
            for _ in answer.iter_content(65536):
                pass


def test_without_its_mime_server_the_api_is_alive_but_not_ready(stack: Stack) -> None:
    """Readiness covers the dependency; liveness covers the API alone."""
    assert stack.get("/health/ready").status_code == 200
    stack.mime.stop()
    assert stack.get("/health/ready").status_code == 503
    assert stack.get("/health/live").status_code == 200
    assert stack.get("/api/stats").status_code == 502
