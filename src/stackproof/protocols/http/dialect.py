"""HTTP/1.1 under load: the same request every time; httptools, the parser of Node.js, reads the answers."""

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from stackproof.model import Outcome
from stackproof.protocols.http.request import HttpRequest
from stackproof.protocols.interface import AnswerReader, ExchangeResult, OutgoingRequest
from stackproof.protocols.target import Target

DEFAULT_PORTS = {"http": 80, "https": 443}
UNAVAILABLE_STATUSES = frozenset({502, 503, 504})

_OK_FROM, _OK_BELOW = 200, 400
_FRAMING_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
_GOOD = ExchangeResult(Outcome.OK, reusable=True)


class HttpDialect:
    """Sends the same request every time.

    Args:
        target: The URL.
        request: The request.
    """

    def __init__(self, target: Target, request: HttpRequest) -> None:
        self._spec = request
        self._request = OutgoingRequest((encode_request(target, request),))

    def request(self, _number: int) -> OutgoingRequest:
        """Return the request, whatever its number."""
        return self._request

    def reader(self) -> AnswerReader:
        """Create the reader for a new connection."""
        return _HttpReader(self._spec)


def encode_request(target: Target, request: HttpRequest) -> bytes:
    """Encode a request as RFC 9112 prescribes."""
    body = request.body.encode()
    given = {name.lower() for name in request.headers}
    headers = dict(request.headers)
    if "host" not in given:
        headers = {"Host": _authority(target), **headers}
    if body and "content-length" not in given:
        headers["Content-Length"] = str(len(body))
    lines = [f"{request.method} {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _authority(target: Target) -> str:
    """Format host and port for the ``Host`` header: no default port, and brackets around an IPv6 address."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == DEFAULT_PORTS[target.scheme] else f"{host}:{target.port}"


class _HttpReader:
    """Reads responses and checks each against the request. The parser calls its ``on_`` methods."""

    def __init__(self, request: HttpRequest) -> None:
        self._expected = request.expect.encode()
        self._bodiless = request.method == "HEAD"
        self._parser = HttpResponseParser(self)
        self._reset()

    def expect(self, _request: OutgoingRequest) -> None:
        self._reset()

    def feed(self, data: bytes) -> ExchangeResult | None:
        self._started = True
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            return ExchangeResult(Outcome.WRONG, type(error).__name__)
        return self._result() if self._whole else None

    def end(self) -> ExchangeResult:
        """A response without a length ends with the connection (RFC 9112, section 6.3); any other is truncated."""
        if self._status and not self._framed:
            return self._result()
        return ExchangeResult(Outcome.CLOSED, "in the middle of an answer" if self._started else "")

    def on_header(self, name: bytes, _value: bytes) -> None:
        if name.lower() in _FRAMING_HEADERS:
            self._framed = True

    def on_headers_complete(self) -> None:
        """Keep what the parser forgets at the end of the message.

        Interim responses (100 to 199) are messages of their own, before the one that counts.
        """
        status = self._parser.get_status_code()
        if status < _OK_FROM:
            self._framed = False
            return
        self._status = status
        self._whole = self._bodiless
        self._reusable = self._parser.should_keep_alive() and not self._bodiless

    def on_body(self, body: bytes) -> None:
        if self._expected:
            self._body += body

    def on_message_complete(self) -> None:
        self._whole = self._status > 0

    def _reset(self) -> None:
        self._status = 0
        self._started = self._framed = self._whole = self._reusable = False
        self._body = bytearray()

    def _result(self) -> ExchangeResult:
        if self._status in UNAVAILABLE_STATUSES:
            return ExchangeResult(Outcome.UNAVAILABLE, str(self._status), self._reusable)
        if self._status >= _OK_BELOW:
            return ExchangeResult(Outcome.REJECTED, str(self._status), self._reusable)
        if self._expected not in self._body:
            return ExchangeResult(Outcome.WRONG, "body", self._reusable)
        return _GOOD if self._reusable else ExchangeResult(Outcome.OK)
