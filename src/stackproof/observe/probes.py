"""Asks a service's probes, as an orchestrator would."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import parse_qs, urlsplit

from stackproof.model import Probe, ProbeReading

_RECEIVE_BYTES = 65536
_MOST_BODY_BYTES = 1 << 20
_MOST_WORDS_BYTES = 200
# A probe asks whether the service works, as an orchestrator does: it does not check the certificate.
_UNVERIFIED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_UNVERIFIED.check_hostname = False
_UNVERIFIED.verify_mode = ssl.CERT_NONE


@dataclass(frozen=True, slots=True)
class _Answer:
    ok: bool
    detail: str


def ask(probe: Probe, host: str, port: int, *, within_s: float = 5.0) -> ProbeReading:
    """Put a probe's question once.

    Args:
        probe: The question.
        host: Host where the service's probe port is reached.
        port: Port there.
        within_s: Time after which no answer counts as no, in seconds.

    Returns:
        The reading; a refused or broken connection is a no, never an error.
    """
    at_s = time.monotonic()
    try:
        answer = (
            _tcp(probe, host, port, within_s) if probe.url.startswith("tcp:") else _http(probe, host, port, within_s)
        )
    except (OSError, HTTPException) as error:
        answer = _Answer(ok=False, detail=f"{type(error).__name__}: {error}")
    took_s = time.monotonic() - at_s
    if took_s > within_s:
        answer = _Answer(ok=False, detail=f"answered after {took_s:.1f} s, not within {within_s:.1f} s")
    return ProbeReading(probe.service, probe.kind, at_s, took_s, answer.ok, answer.detail)


def _http(probe: Probe, host: str, port: int, within_s: float) -> _Answer:
    parts = urlsplit(probe.url)
    expected = parse_qs(parts.query).get("expect", [""])[0]
    connection = _connection(parts.scheme, host, port, within_s)
    with closing(connection):
        connection.connect()
        with _ended_after(connection.sock, within_s):
            connection.request("GET", parts.path or "/", headers={"Host": f"{probe.service}:{probe.port}"})
            response = connection.getresponse()
            body = response.read(_MOST_BODY_BYTES)
    said = f"HTTP {response.status}"
    if response.length and len(body) < _MOST_BODY_BYTES:
        return _Answer(ok=False, detail=f"{said}, and then an end, {response.length} bytes too early")
    if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        return _Answer(ok=False, detail=f"{said} {_words(body)}".rstrip())
    if expected.encode() not in body:
        return _Answer(ok=False, detail=f"{said}, but no {expected!r} in the body")
    return _Answer(ok=True, detail=said)


@contextmanager
def _ended_after(connection: socket.socket, within_s: float) -> Iterator[None]:
    """A bound on the whole: a socket's timeout bounds the wait for each byte, and a service may drip."""
    timer = Timer(within_s, _end, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _words(body: bytes) -> str:
    """The beginning of what a service says of itself: a probe that says no often says why."""
    return " ".join(body[:_MOST_WORDS_BYTES].decode(errors="replace").split())


def _connection(scheme: str, host: str, port: int, within_s: float) -> HTTPConnection:
    if scheme == "http":
        return HTTPConnection(host, port, timeout=within_s)
    return HTTPSConnection(host, port, timeout=within_s, context=_UNVERIFIED)


def _tcp(probe: Probe, host: str, port: int, within_s: float) -> _Answer:
    query = parse_qs(urlsplit(probe.url).query, keep_blank_values=True)
    send, expect = (query.get(name, [""])[0].encode() for name in ("send", "expect"))
    deadline_s = time.monotonic() + within_s
    with socket.create_connection((host, port), timeout=within_s) as connection:
        connection.sendall(send)
        received = b""
        while expect not in received:
            connection.settimeout(max(deadline_s - time.monotonic(), 0.001))
            chunk = connection.recv(_RECEIVE_BYTES)
            if not chunk:
                return _Answer(ok=False, detail=f"expected {expect!r}, saw {received[-80:]!r} and then the end")
            received += chunk
    return _Answer(ok=True, detail=f"answered {received[:80]!r}")
