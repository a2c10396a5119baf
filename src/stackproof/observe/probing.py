"""Runs a service's probes, as an orchestrator would."""

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
_MAX_BODY_BYTES = 1 << 20
_MAX_EXCERPT_BYTES = 200
# Like an orchestrator's probe, this one does not verify certificates.
_UNVERIFIED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_UNVERIFIED.check_hostname = False
_UNVERIFIED.verify_mode = ssl.CERT_NONE


@dataclass(frozen=True, slots=True)
class _ProbeResult:
    ok: bool
    detail: str


def ask_probe(probe: Probe, host: str, port: int, *, within_s: float = 5.0) -> ProbeReading:
    """Run a probe once.

    Args:
        probe: The probe.
        host: Host at which the service's probe port is reached.
        port: Port there.
        within_s: Timeout, after which the probe has failed, in seconds.

    Returns:
        The reading; a refused or broken connection is a failed probe, never an error.
    """
    at_s = time.monotonic()
    try:
        answer = (
            _tcp(probe, host, port, within_s) if probe.url.startswith("tcp:") else _http(probe, host, port, within_s)
        )
    except (OSError, HTTPException) as error:
        answer = _ProbeResult(ok=False, detail=f"{type(error).__name__}: {error}")
    took_s = time.monotonic() - at_s
    if took_s > within_s:
        answer = _ProbeResult(ok=False, detail=f"answered after {took_s:.1f} s, not within {within_s:.1f} s")
    return ProbeReading(probe.service, probe.kind, at_s, took_s, answer.ok, answer.detail)


def _http(probe: Probe, host: str, port: int, within_s: float) -> _ProbeResult:
    parts = urlsplit(probe.url)
    expected = parse_qs(parts.query).get("expect", [""])[0]
    connection = _connection(parts.scheme, host, port, within_s)
    with closing(connection):
        connection.connect()
        with _ended_after(connection.sock, within_s):
            connection.request("GET", parts.path or "/", headers={"Host": f"{probe.service}:{probe.port}"})
            response = connection.getresponse()
            body = response.read(_MAX_BODY_BYTES)
    status = f"HTTP {response.status}"
    if response.length and len(body) < _MAX_BODY_BYTES:
        return _ProbeResult(ok=False, detail=f"{status}, but the body ended {response.length} bytes too early")
    if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        return _ProbeResult(ok=False, detail=f"{status} {_excerpt(body)}".rstrip())
    if expected.encode() not in body:
        return _ProbeResult(ok=False, detail=f"{status}, but no {expected!r} in the body")
    return _ProbeResult(ok=True, detail=status)


@contextmanager
def _ended_after(connection: socket.socket, within_s: float) -> Iterator[None]:
    """Limits the whole exchange: a socket's timeout limits only the wait for the next byte."""
    timer = Timer(within_s, _end, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _excerpt(body: bytes) -> str:
    """The beginning of the body: a failed probe often gives the reason there."""
    return " ".join(body[:_MAX_EXCERPT_BYTES].decode(errors="replace").split())


def _connection(scheme: str, host: str, port: int, within_s: float) -> HTTPConnection:
    if scheme == "http":
        return HTTPConnection(host, port, timeout=within_s)
    return HTTPSConnection(host, port, timeout=within_s, context=_UNVERIFIED)


def _tcp(probe: Probe, host: str, port: int, within_s: float) -> _ProbeResult:
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
                return _ProbeResult(
                    ok=False, detail=f"expected {expect!r}, but the connection ended after {received[-80:]!r}"
                )
            received += chunk
    return _ProbeResult(ok=True, detail=f"answered {received[:80]!r}")
