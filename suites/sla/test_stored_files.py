"""An acknowledgement means that the file is whole and kept."""

import hashlib
import json
import os
import select
import socket

import pytest

from stackproof.session.run import Run
from stackproof.workload import MimeConnection

LINKS = ("public_net/mime-server:65432", "private_net/mime-server:65432")
FILES = 100
LOOKS_FOR_S = 0.5


def _connection(stack: Run, link: str) -> MimeConnection:
    way = stack.way(link)
    return MimeConnection(way.host, way.port)


@pytest.mark.parametrize("link", LINKS)
def test_an_acknowledged_file_is_given_back_whole_at_once(stack: Run, link: str) -> None:
    """Whoever has the acknowledgement can read the file over another connection, byte for byte, without waiting."""
    with _connection(stack, link) as writer, _connection(stack, link) as reader:
        for _ in range(FILES):
            body = os.urandom(20_000)
            receipt = writer.send(body)
            assert receipt.sha256 == hashlib.sha256(body).hexdigest()
            assert reader.receive(receipt.stored_as).body == body


@pytest.mark.parametrize("link", LINKS)
def test_nothing_is_acknowledged_before_its_last_byte_was_sent(stack: Run, link: str) -> None:
    """While a byte of the file is missing, the server cannot have it whole, and does not say so."""
    way = stack.way(link)
    body = b"x" * 50_000
    with socket.create_connection((way.host, way.port), timeout=10) as connection:
        connection.sendall(json.dumps({"mime_type": "text/plain", "size": len(body)}).encode() + b"\n" + body[:-1])
        early, _, _ = select.select([connection], [], [], LOOKS_FOR_S)
        assert not early, f"answered before the last byte: {connection.recv(200)!r}"
        connection.sendall(body[-1:])
        assert json.loads(connection.makefile("rb").readline())["status"] == "ok"
