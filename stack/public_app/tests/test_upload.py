import hashlib
import os
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests
from mime_server.server import Ports
from public_app.app import make_app
from public_app.settings import Settings
from servicekit.upstream import MimeServer
from servicekit.wire import Address, Timeouts
from testkit.fixtures import Serve
from testkit.http import served_app
from testkit.mime import LOOPBACK, MAX_SIZE_BYTES, WITHIN_S, mime_server, mime_settings
from testkit.served import Served


@dataclass(frozen=True, slots=True)
class Stack:
    """The application, and the mime-server behind it."""

    url: str
    mime: Served[Ports]
    storage: Path
    spool: Path

    def upload(self, body: bytes, mime_type: str = "text/plain") -> requests.Response:
        """Send a file as a browser's form does."""
        return requests.post(f"{self.url}/upload", files={"file": ("name", body, mime_type)}, timeout=WITHIN_S)


@pytest.fixture
def stack(serve: Serve, tmp_path: Path) -> Stack:
    """The application and a mime-server."""
    storage, spool = tmp_path / "storage", tmp_path / "spool"
    storage.mkdir()
    spool.mkdir()
    mime = serve(mime_server(mime_settings(storage)))
    settings = Settings(
        mime_server=MimeServer(Address(LOOPBACK, mime.value.transfers), Timeouts(WITHIN_S, WITHIN_S)),
        max_size_bytes=MAX_SIZE_BYTES,
        max_uploads=4,
        form_s=WITHIN_S,
        spool_dir=spool,
        drain_s=1.0,
    )
    url, _ = serve(served_app(lambda metrics: make_app(settings, metrics))).value
    return Stack(url, mime, storage, spool)


def test_the_page_has_the_form(stack: Stack) -> None:
    """A visitor can choose a file and send it."""
    answer = requests.get(f"{stack.url}/", timeout=WITHIN_S)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert 'action="/upload"' in answer.text
    assert 'type="file"' in answer.text


@pytest.mark.parametrize("size_bytes", [0, 5, 3_000_000])
def test_an_uploaded_file_is_stored_by_the_mime_server(stack: Stack, size_bytes: int) -> None:
    """The receipt is mime-server's, and the bytes are in its storage."""
    body = os.urandom(size_bytes)
    answer = stack.upload(body)
    assert answer.status_code == 201
    receipt = answer.json()
    assert (stack.storage / receipt["stored_as"]).read_bytes() == body
    assert receipt["sha256"] == hashlib.sha256(body).hexdigest()
    assert receipt["size"] == size_bytes
    assert list(stack.spool.iterdir()) == []


def test_a_type_that_the_policy_forbids_is_refused(stack: Stack) -> None:
    """The browser gets a 415."""
    answer = stack.upload(b"x", "image/png")
    assert (answer.status_code, answer.json()["code"]) == (415, "type_not_allowed")


def test_a_file_that_is_too_large_is_refused(stack: Stack) -> None:
    """The application refuses it before it contacts mime-server."""
    answer = stack.upload(bytes(MAX_SIZE_BYTES))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert list(stack.spool.iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, b"hello", 415),
        ({"Content-Type": "multipart/form-data"}, b"hello", 400),
        ({"Content-Type": "multipart/form-data; boundary=b"}, b"hello", 400),
        (
            {"Content-Type": "multipart/form-data; boundary=b"},
            b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n',
            400,
        ),
    ],
)
def test_a_form_without_a_file_gets_the_reason(stack: Stack, headers: dict[str, str], body: bytes, status: int) -> None:
    """The answer to a malformed form says what was expected."""
    answer = requests.post(f"{stack.url}/upload", data=body, headers=headers, timeout=WITHIN_S)
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # aiohttp's, on a truncated header
def test_a_truncated_form_stores_nothing(stack: Stack) -> None:
    """Wherever it ends, a part of a file does not pass for the whole."""
    form = b'--b\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    for end in range(form.index(b"\r\n--b--") + len(b"\r\n--b")):
        answer = requests.post(f"{stack.url}/upload", data=form[:end], headers=headers, timeout=WITHIN_S)
        assert answer.status_code == 400, form[:end]
    assert [path for path in stack.storage.iterdir() if path.is_file()] == []


def test_without_its_mime_server_the_application_is_alive_but_not_ready(stack: Stack) -> None:
    """Readiness covers the dependency; liveness covers the application alone."""
    assert requests.get(f"{stack.url}/health/ready", timeout=WITHIN_S).status_code == 200
    stack.mime.stop()
    assert requests.get(f"{stack.url}/health/ready", timeout=WITHIN_S).status_code == 503
    assert requests.get(f"{stack.url}/health/live", timeout=WITHIN_S).status_code == 200
    assert requests.get(f"{stack.url}/", timeout=WITHIN_S).status_code == 200
    assert stack.upload(b"x").status_code == 502


def test_too_many_uploads_are_told_to_retry(serve: Serve, tmp_path: Path) -> None:
    """Without a free slot the answer is 503 at once, with `Retry-After`."""
    nowhere = Settings(MimeServer(Address(LOOPBACK, 1), Timeouts()), MAX_SIZE_BYTES, 1, WITHIN_S, tmp_path, 1.0)
    settings = replace(nowhere, max_uploads=0)
    url, _ = serve(served_app(lambda metrics: make_app(settings, metrics))).value
    answer = requests.post(f"{url}/upload", files={"file": b"x"}, timeout=WITHIN_S)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


def test_a_form_that_never_ends_times_out(serve: Serve, tmp_path: Path) -> None:
    """A slow client does not keep a slot forever."""
    nowhere = Settings(MimeServer(Address(LOOPBACK, 1), Timeouts()), MAX_SIZE_BYTES, 1, 0.2, tmp_path, 1.0)
    url, _ = serve(served_app(lambda metrics: make_app(nowhere, metrics))).value
    connection = HTTPConnection(url.removeprefix("http://"), timeout=WITHIN_S)
    connection.putrequest("POST", "/upload")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nhalf')
    assert connection.getresponse().status == 408
    connection.close()
