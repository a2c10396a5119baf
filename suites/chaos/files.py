"""The files of the socket server, as its clients see them."""

import hashlib
import json
import os
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection

from stackproof import Ledger, MimeConnection, Run, verify_stored
from suites.loads import DEADLINE_S

PUBLIC = "public_net/mime-server:65432"
PRIVATE = "private_net/mime-server:65432"
GATEWAY = "public_net/gateway:443"
ANSWERS_WITHIN_S = 10.0


def connection(stack: Run, link: str = PRIVATE) -> MimeConnection:
    """A client on this link."""
    way = stack.entry(link)
    return MimeConnection(way.host, way.port, ANSWERS_WITHIN_S)


def assert_kept(stack: Run, ledger: Ledger) -> None:
    """Every acknowledged file is given back byte for byte, and no two have the same name."""
    assert ledger.files, "no file was acknowledged, so this proves nothing"
    report = verify_stored(f"mime://{stack.entry(PRIVATE)}", ledger, ANSWERS_WITHIN_S)
    assert not report.missing, f"{len(report.missing)} of {report.checked} acknowledged files are missing"
    assert not report.torn, f"{len(report.torn)} of {report.checked} acknowledged files are torn"
    assert not report.duplicated, f"names acknowledged twice: {report.duplicated[:5]}"


def upload(stack: Run, body: bytes) -> int:
    """Send a file through the form, as a browser does; the status of the answer."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    way = stack.entry(GATEWAY)
    client = HTTPSConnection(way.host, way.port, timeout=DEADLINE_S, context=context)
    edge = "edge"
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    )
    try:
        client.request(
            "POST",
            "/upload",
            head.encode() + body + f"\r\n--{edge}--\r\n".encode(),
            {"Content-Type": f"multipart/form-data; boundary={edge}"},
        )
        return client.getresponse().status
    finally:
        client.close()


def stored_names(stack: Run) -> frozenset[str]:
    """Names of all stored files."""
    with connection(stack) as client:
        return frozenset(each.name for each in client.list_files())


def stored_since(stack: Run, before: frozenset[str]) -> Counter[str]:
    """How many files of each digest were stored since."""
    with connection(stack) as client:
        fresh = [each.name for each in client.list_files() if each.name not in before]
        return Counter(hashlib.sha256(client.receive(name).body).hexdigest() for name in fresh)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer that was sent in part.

    Attributes:
        socket: The connection.
        rest: The bytes that are left.
        sha256: Digest of the whole file.
    """

    socket: socket.socket
    rest: bytes
    sha256: str

    def finish(self) -> dict[str, object]:
        """Send the rest and read the answer; empty where the server closed the connection."""
        try:
            self.socket.sendall(self.rest)
            line = self.socket.makefile("rb").readline()
        except ConnectionError:
            return {}
        answer: dict[str, object] = json.loads(line) if line else {}
        return answer


@contextmanager
def transfer_in_flight(stack: Run, link: str = PUBLIC, size_bytes: int = 200_000) -> Iterator[Transfer]:
    """A transfer of which half is sent while the block runs."""
    way = stack.entry(link)
    body = os.urandom(size_bytes)
    header = json.dumps({"mime_type": "text/plain", "size": size_bytes}).encode() + b"\n"
    with socket.create_connection((way.host, way.port), ANSWERS_WITHIN_S) as client:
        client.sendall(header + body[: size_bytes // 2])
        yield Transfer(client, body[size_bytes // 2 :], hashlib.sha256(body).hexdigest())
