import hashlib
import json
import os
import re
import select
from dataclasses import replace
from pathlib import Path

import pytest
from testkit.fixtures import Serve
from testkit.mime import MAX_SIZE_BYTES, RawClient, mime_server, mime_settings
from testkit.waiting import wait_until


@pytest.fixture
def port(serve: Serve, tmp_path: Path) -> int:
    """The port of a running server."""
    return serve(mime_server(mime_settings(tmp_path))).value.transfers


def test_an_acknowledged_file_is_complete_on_disk(port: int, tmp_path: Path) -> None:
    """The receipt has the file's name, size and digest, and the bytes are on disk."""
    body = os.urandom(300_000)
    with RawClient(port) as client:
        client.send_file(body)
        answer = client.answer()
    name = str(answer["stored_as"])
    assert re.fullmatch(r"received_[0-9a-f]{4,}\.plain", name)
    assert answer == {
        "status": "ok",
        "stored_as": name,
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    assert (tmp_path / name).read_bytes() == body


def test_nothing_is_acknowledged_before_the_last_byte(port: int, tmp_path: Path) -> None:
    """While one byte is missing there is neither an answer nor a file."""
    with RawClient(port) as client:
        client.send(b'{"mime_type": "text/plain", "size": 200000}\n' + bytes(199_999))
        answered, _, _ = select.select([client.socket], [], [], 0.3)
        assert not answered
        assert list(tmp_path.glob("received_*")) == []
        client.send(b"\0")
        assert client.answer()["status"] == "ok"


def test_a_client_that_disconnects_inside_a_file_stores_nothing(port: int, tmp_path: Path) -> None:
    """Half a file is not stored, and leaves nothing behind."""
    incoming = tmp_path / ".incoming"
    with RawClient(port) as client:
        client.send(b'{"mime_type": "text/plain", "size": 200000}\n' + bytes(150_000))
        wait_until(lambda: bool(list(incoming.iterdir())))
    wait_until(lambda: not list(incoming.iterdir()))
    with RawClient(port) as other:
        assert other.still_answers()
    assert list(tmp_path.glob("received_*")) == []


def test_requests_may_be_pipelined(port: int) -> None:
    """Answers arrive in the order of the requests, however many are in flight."""
    with RawClient(port) as client:
        for number in range(50):
            client.send_file(b"x" * number)
            client.send(b"PING\n")
        for number in range(50):
            assert client.answer()["size"] == number
            assert client.line() == b"PONG\n"


def test_a_stored_file_comes_back_as_it_was_sent(port: int) -> None:
    """RECEIVE returns type, size and digest, then exactly the bytes; the connection stays usable."""
    body = os.urandom(700_000)
    with RawClient(port) as client:
        client.send_file(body, "application/pdf")
        name = client.answer()["stored_as"]
        assert client.ask(command="RECEIVE", name=name) == {
            "status": "ok",
            "name": name,
            "size": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            "mime_type": "application/pdf",
        }
        assert client.read(len(body)) == body
        assert client.still_answers()


def test_an_empty_file_is_a_file(port: int) -> None:
    """A size of 0 is allowed, both ways."""
    with RawClient(port) as client:
        client.send_file(b"")
        name = client.answer()["stored_as"]
        assert client.ask(command="RECEIVE", name=name)["size"] == 0
        assert client.still_answers()


def test_the_list_is_given_in_pages(port: int) -> None:
    """LIST returns files and sizes in order, where to continue, and the totals."""
    with RawClient(port) as client:
        for _ in range(5):
            client.send_file(b"abc")
        names = sorted(str(client.answer()["stored_as"]) for _ in range(5))
        first = client.ask(command="LIST", limit=3)
        rest = client.ask(command="LIST", limit=3, after=first["next"])
    assert first == {
        "status": "ok",
        "files": [{"name": name, "size": 3} for name in names[:3]],
        "next": names[2],
        "total_files": 5,
        "total_bytes": 15,
    }
    assert rest["files"] == [{"name": name, "size": 3} for name in names[3:]]
    assert rest["next"] == ""


@pytest.mark.parametrize(
    ("header", "body", "code"),
    [
        ({"mime_type": "image/png", "size": 5}, b"12345", "type_not_allowed"),
        ({"mime_type": "image", "size": 5}, b"12345", "bad_request"),
        ({"mime_type": "text/plain", "size": 5, "sha256": "0" * 64}, b"12345", "digest_mismatch"),
        ({"mime_type": "image/png", "size": 3_000_000}, bytes(3_000_000), "type_not_allowed"),
        ({"command": "RECEIVE", "name": "received_0000.plain"}, b"", "not_found"),
        ({"command": "RECEIVE", "name": "../secret"}, b"", "not_found"),
        ({"command": "DELETE"}, b"", "unknown_command"),
        ({"command": "LIST", "limit": -1}, b"", "bad_request"),
    ],
)
def test_a_refused_request_leaves_the_connection_usable(
    port: int, tmp_path: Path, header: dict[str, object], body: bytes, code: str
) -> None:
    """The client gets the reason, nothing is stored, and its next request is served."""
    with RawClient(port) as client:
        client.send(json.dumps(header).encode() + b"\n" + body)
        answer = client.answer()
        assert (answer["status"], answer["code"]) == ("error", code)
        assert answer["message"]
        assert client.still_answers()
    assert list(tmp_path.glob("received_*")) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "bad_header"),
        (b'{"mime_type": "text/plain"}\n', "bad_header"),
        (b"x" * 8192 + b"\n", "header_too_long"),
        (b"x" * 200_000, "header_too_long"),
        (b'{"mime_type": "text/plain", "size": %d}\n' % MAX_SIZE_BYTES + bytes(100_000), "too_large"),
    ],
)
def test_a_malformed_request_gets_the_reason_before_the_connection_ends(port: int, data: bytes, code: str) -> None:
    """The error line arrives even if bytes are unread."""
    with RawClient(port) as client:
        client.send(data)
        assert client.answer()["code"] == code
        client.socket.shutdown(1)
        assert client.line() == b""


def test_the_largest_file_is_one_byte_below_the_limit(port: int) -> None:
    """A file must be smaller than the limit."""
    with RawClient(port) as client:
        client.send_file(bytes(MAX_SIZE_BYTES - 1))
        assert client.answer()["size"] == MAX_SIZE_BYTES - 1


def test_users_are_checked_if_the_policy_lists_any(serve: Serve, tmp_path: Path) -> None:
    """With a list of users, only those may store files."""
    settings = replace(mime_settings(tmp_path), allowed_users=frozenset({"user_123"}))
    with RawClient(serve(mime_server(settings)).value.transfers) as client:
        client.send_file(b"x", user_id="user_123")
        client.send_file(b"x", user_id="mallory")
        client.send_file(b"x")
        assert client.answer()["status"] == "ok"
        assert client.answer()["code"] == "user_not_allowed"
        assert client.answer()["code"] == "user_not_allowed"


def test_any_type_is_stored_if_the_policy_lists_none(serve: Serve, tmp_path: Path) -> None:
    """Without a list of types every type is accepted, and returned with the file."""
    settings = replace(mime_settings(tmp_path), allowed_types=frozenset())
    with RawClient(serve(mime_server(settings)).value.transfers) as client:
        client.send_file(b"x", "video/mp4")
        name = str(client.answer()["stored_as"])
        assert name.endswith(".mp4")
        assert client.ask(command="RECEIVE", name=name)["mime_type"] == "video/mp4"
