"""Which requests a port responds to, and what becomes of them when they are sent directly, around the links."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from stackproof.engine.port import Address, RunningStack
from stackproof.faults.evidence.client_view import BRIEF, ClientView, PortRequest, client_hello, watch_reply
from stackproof.model import EngineError, Link, Probe, Service

_LARGEST_REQUEST_BYTES = 65536
_HTTP_1_0 = PortRequest(b"GET / HTTP/1.0\r\n\r\n")
_HTTP_1_1 = PortRequest(b"GET / HTTP/1.1\r\nHost: stackproof\r\n\r\n")  # can be repeated on one connection
# Without a line end: depending on how the bytes arrive, a server with a limit on lines might take it for one or not.
_NONSENSE = PortRequest(b"x" * 131072)


def port_requests(service: Service, port: int) -> Iterator[PortRequest]:
    """Requests that a port may respond to, best first: those of its probes, then some that most servers answer."""
    yield from (_of_probe(probe) for probe in service.probes if probe.port == port)
    yield _HTTP_1_0
    yield _HTTP_1_1


def plain_requests(service: Service, port: int) -> Iterator[PortRequest]:
    """The same, but only the start of a TLS handshake, so that the answer is seen in the chunks that it arrives in."""
    return (client_hello() if each.is_tls else each for each in port_requests(service, port))


def closing_requests(service: Service, port: int) -> Iterator[PortRequest]:
    """Requests after which the server of a port may close the connection."""
    for probe in service.probes:
        if probe.port == port and urlsplit(probe.url).scheme == "http":
            yield PortRequest(_get(probe, "HTTP/1.0"))
    yield _HTTP_1_0
    yield _NONSENSE


def first_request(
    engine: RunningStack, link: Link, candidates: Iterator[PortRequest], suits: Callable[[ClientView], bool]
) -> PortRequest | None:
    """The first request whose direct outcome, around the link, suits; or None."""
    address = engine.direct(link.service, link.port)
    return next((each for each in candidates if suits(watch_reply(address, each, BRIEF))), None)


def answered_request(engine: RunningStack, link: Link) -> PortRequest | None:
    """A request that the service answers directly, around the link; or None."""
    candidates = port_requests(engine.stack.service(link.service), link.port)
    return first_request(engine, link, candidates, lambda view: view.is_answered)


def request_with_long_answer(
    engine: RunningStack, link: Link, candidates: Iterator[PortRequest], at_least_bytes: int
) -> PortRequest | None:
    """A request, repeated on one connection if necessary, whose whole direct answer is this long; or None."""
    address = engine.direct(link.service, link.port)
    for request in candidates:
        for each in _repeated(request, watch_reply(address, request, BRIEF).size_bytes, at_least_bytes):
            if watch_reply(address, each, BRIEF).size_bytes >= at_least_bytes:
                return each
    return None


def _repeated(request: PortRequest, answer_bytes: int, at_least_bytes: int) -> Iterator[PortRequest]:
    count = -(-at_least_bytes // max(answer_bytes, 1))
    if answer_bytes and count * len(request.payload) <= _LARGEST_REQUEST_BYTES:
        yield request.times(count)


def _of_probe(probe: Probe) -> PortRequest:
    url = urlsplit(probe.url)
    if url.scheme in {"http", "https"}:
        return PortRequest(_get(probe, "HTTP/1.1"), is_tls=url.scheme == "https")
    sent = parse_qs(url.query, encoding="latin-1").get("send", [""])[0]
    return PortRequest(sent.encode("latin-1"))


def _get(probe: Probe, version: str) -> bytes:
    path = urlsplit(probe.url).path or "/"
    return f"GET {path} {version}\r\nHost: {probe.service}\r\n\r\n".encode()


def ask_directly(engine: RunningStack, service: Service) -> tuple[ClientView, ...]:
    """What clients of a service's ports observe directly, around its links.

    Asks each port that has a probe, or each port if none has.
    """
    ports = sorted({probe.port for probe in service.probes}) or service.ports
    asked = [
        (address, next(port_requests(service, port)))
        for port in ports
        for address in _direct_address(engine, service, port)
    ]
    with ThreadPoolExecutor(max(len(asked), 1)) as pool:
        return tuple(pool.map(lambda each: watch_reply(each[0], each[1], BRIEF), asked))


def _direct_address(engine: RunningStack, service: Service, port: int) -> Iterator[Address]:
    with suppress(EngineError):  # a port of a container that has ended is not open on the host
        yield engine.direct(service.name, port)


def described(views: tuple[ClientView, ...]) -> str:
    """What clients observed, for the text of evidence."""
    return "; ".join(map(str, views)) or "no port"
