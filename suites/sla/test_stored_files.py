"""An acknowledged file is whole and kept."""

import hashlib
import json
import os
import select
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from stackproof import MimeConnection, Run

LINKS = ("public_net/mime-server:65432", "private_net/mime-server:65432")
FILES = 100
WAITS_S = 0.5
SENDERS = 8
# Names have at least four hex digits: if they were random, two of so many files would collide in all but one run of ten
# million.
MANY_FILES = 1500


def _connection(stack: Run, link: str) -> MimeConnection:
    way = stack.entry(link)
    return MimeConnection(way.host, way.port)


@pytest.mark.parametrize("link", LINKS)
def test_an_acknowledged_file_can_be_read_back_at_once(stack: Run, link: str) -> None:
    """Another connection reads the file back, byte for byte, as soon as it is acknowledged."""
    with _connection(stack, link) as writer, _connection(stack, link) as reader:
        for _ in range(FILES):
            body = os.urandom(20_000)
            receipt = writer.send(body)
            assert receipt.sha256 == hashlib.sha256(body).hexdigest()
            assert reader.receive(receipt.stored_as).body == body


@pytest.mark.parametrize("link", LINKS)
def test_no_file_is_acknowledged_before_its_last_byte(stack: Run, link: str) -> None:
    """While a byte of the file is missing, the server does not acknowledge it."""
    way = stack.entry(link)
    body = b"x" * 50_000
    with socket.create_connection((way.host, way.port), timeout=10) as connection:
        connection.sendall(json.dumps({"mime_type": "text/plain", "size": len(body)}).encode() + b"\n" + body[:-1])
        early, _, _ = select.select([connection], [], [], WAITS_S)
        assert not early, f"answered before the last byte: {connection.recv(200)!r}"
        connection.sendall(body[-1:])
        assert json.loads(connection.makefile("rb").readline())["status"] == "ok"


def test_no_two_files_get_the_same_name(stack: Run) -> None:
    """However many files are sent, and however many at once, each gets its own name."""

    def send(sender: int) -> list[str]:
        with _connection(stack, LINKS[sender % len(LINKS)]) as writer:
            return [writer.send(b"%d of %d" % (each, sender)).stored_as for each in range(MANY_FILES // SENDERS)]

    with ThreadPoolExecutor(SENDERS) as pool:
        names = [name for sent in pool.map(send, range(SENDERS)) for name in sent]
    assert len(set(names)) == len(names), f"{len(names)} files were acknowledged under {len(set(names))} names"
