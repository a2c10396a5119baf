"""Asks a service's probes, as an orchestrator would."""

import socket
import time
import warnings
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import requests
import urllib3

from stackproof.model import Probe, ProbeReading

_RECEIVE_BYTES = 65536


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
    except (OSError, requests.RequestException, urllib3.exceptions.HTTPError) as error:
        answer = _Answer(ok=False, detail=f"{type(error).__name__}: {error}")
    took_s = time.monotonic() - at_s
    if took_s > within_s:
        answer = _Answer(ok=False, detail=f"answered after {took_s:.1f} s, not within {within_s:.1f} s")
    return ProbeReading(probe.service, probe.kind, at_s, took_s, answer.ok, answer.detail)


def _http(probe: Probe, host: str, port: int, within_s: float) -> _Answer:
    parts = urlsplit(probe.url)
    expected = parse_qs(parts.query).get("expect", [""])[0]
    with requests.Session() as session, warnings.catch_warnings():
        # A probe asks whether the service works, as an orchestrator does: it does not check the certificate.
        warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
        session.trust_env = False
        session.headers["Host"] = f"{probe.service}:{probe.port}"
        url = f"{parts.scheme}://{host}:{port}{parts.path}"
        response = session.get(url, timeout=within_s, verify=False, allow_redirects=False)
    if not response.ok or response.is_redirect:
        return _Answer(ok=False, detail=f"HTTP {response.status_code}")
    if expected not in response.text:
        return _Answer(ok=False, detail=f"HTTP {response.status_code}, but no {expected!r} in the body")
    return _Answer(ok=True, detail=f"HTTP {response.status_code}")


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
