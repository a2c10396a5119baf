"""The pages of metrics that the stack's Prometheus reads, read by the harness; and senders of hostile input."""

import json
import random
import re
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from stackproof.declare.prometheus.exposition import families_of
from stackproof.declare.prometheus.scrape_config import read_scraping
from stackproof.engine.port import Address
from stackproof.judge.metrics import Exposition
from stackproof.model import Location
from stackproof.model.metric_families import Series
from stackproof.observe.exporters import fetch_exposition
from stackproof.run.run import Run

MONITORING = Path(__file__).parents[2] / "stack" / "monitoring"
ANSWERS_WITHIN_S = 60.0
"""Only bounds a hang."""

_ITSELF = "localhost"
APP_PATHS = ("/", "/upload", "/api/files", "/api/files/{junk}", "/api/stats", "/metrics", "/{junk}", "/{junk}/{junk}")
PAGE_PATHS = ("/metrics", "/{junk}")
JUNK = "J"
"""Every name that was never seen begins so, and sixteen hexadecimal digits follow."""

_NEVER_SEEN = re.compile(rf"{JUNK}[0-9A-F]{{16}}", re.IGNORECASE)
_METHODS = ("GET", "POST", "DELETE", "PROPFIND", "{junk}")
_FORM = (
    '--{junk}\r\nContent-Disposition: form-data; name="file"; filename="{junk}"\r\n'
    "Content-Type: {type}\r\n\r\n{junk}\r\n--{junk}--\r\n"
)
_BODIES = (_FORM.replace("{type}", "text/plain"), _FORM.replace("{type}", "text/{junk}"))
_REQUESTS: tuple[Mapping[str, object], ...] = (
    {"mime_type": "text/plain", "size": 0, "user_id": "{junk}", "name": "{junk}", "{junk}": "{junk}"},
    {"mime_type": "text/{junk}", "size": 0},
    {"mime_type": "{junk}", "size": 0},
    {"mime_type": "text/plain", "size": "{junk}"},
    {"command": "{junk}"},
    {"command": "RECEIVE", "name": "{junk}"},
    {"command": "LIST", "after": "{junk}"},
)


def scraped_from(stack: Run) -> Mapping[str, Address]:
    """Where the pages of each job of Prometheus are reached beside the links, as its configuration names them."""
    targets = {job.name: job.targets for job in read_scraping(MONITORING / "prometheus.yaml").sound().jobs}
    places = {job: target.rpartition(":") for job, (target,) in targets.items()}
    return {
        job: stack.engine.direct("prometheus" if host == _ITSELF else host, int(port))
        for job, (host, _, port) in places.items()
    }


def read_page(place: Address) -> tuple[str, Exposition]:
    """Read a page of metrics: as it is written, and as the official parser has it."""
    url = f"http://{place}/metrics"
    text = fetch_exposition(url, within_s=ANSWERS_WITHIN_S)
    return text, families_of(text, Location(Path(url)))


def read_pages(stack: Run) -> Mapping[str, Exposition]:
    """Read the page of each job."""
    return {job: read_page(place)[1] for job, place in scraped_from(stack).items()}


def _junk(chance: random.Random) -> str:
    return f"{JUNK}{chance.getrandbits(64):016X}"


def with_junk(seen: Exposition) -> Iterator[Series]:
    """Series in whose labels something is that was never seen."""
    for series in (series for family in seen for series in family.values):
        if any(_NEVER_SEEN.search(value) for _, value in series.labels):
            yield series


def http_junk(place: Address, paths: Sequence[str], chance: random.Random, *, tls: bool = False) -> int:
    """Send every method to every path, each with names, types and headers that were never seen; how many were sent."""
    sent = 0
    for method in _METHODS:
        for path in paths:
            for body in _BODIES if method == "POST" else ("",):
                junk = _junk(chance)
                headers = {
                    "Content-Type": f"multipart/form-data; boundary={junk}",
                    "Host": f"{junk}.example",
                    "User-Agent": junk,
                    "X-Request-ID": junk,
                    f"X-{junk}": junk,
                }
                with closing(_connection(place, tls=tls)) as connection:
                    text = body.replace("{junk}", junk).encode()
                    url = f"{path.replace('{junk}', junk)}?{junk}={junk}"
                    connection.request(method.replace("{junk}", junk), url, text or None, headers)
                    connection.getresponse().read()
                sent += 1
    return sent


def _connection(place: Address, *, tls: bool) -> HTTPConnection:
    if not tls:
        return HTTPConnection(place.host, place.port, timeout=ANSWERS_WITHIN_S)
    anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(place.host, place.port, timeout=ANSWERS_WITHIN_S, context=anyone)


def mime_junk(place: Address, chance: random.Random) -> int:
    """Send requests of the socket protocol with types, users, names and commands that were never seen; how many."""
    for fields in _REQUESTS:
        line = json.dumps(fields).replace("{junk}", _junk(chance)).encode() + b"\n"
        with socket.create_connection((place.host, place.port), ANSWERS_WITHIN_S) as connection:
            connection.sendall(line)
            connection.recv(1)
    return len(_REQUESTS)
