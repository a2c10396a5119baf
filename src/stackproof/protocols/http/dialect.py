"""HTTP/1.1: one request over and over, its answers read by httptools (the parser of Node.js)."""

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from stackproof.model import Outcome
from stackproof.protocols.http.request import HttpRequest
from stackproof.protocols.interface import Answer, Reader, Request
from stackproof.protocols.target import Target

UNAVAILABLE_STATUSES = frozenset({502, 503, 504})

_OK_FROM, _OK_BELOW = 200, 400
_FRAMING_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
_GOOD = Answer(Outcome.OK, reusable=True)


class HttpDialect:
    """The same request each time.

    Args:
        target: Where it goes.
        request: What it is.
    """

    def __init__(self, target: Target, request: HttpRequest) -> None:
        self._wanted = request
        self._request = Request((encode_request(target, request),))

    def request(self, _number: int) -> Request:
        """The request of this number, from 0."""
        return self._request

    def reader(self) -> Reader:
        """A reader for a new connection."""
        return _HttpReader(self._wanted)


def encode_request(target: Target, request: HttpRequest) -> bytes:
    """The bytes of a request, as RFC 9112 has them."""
    body = request.body.encode()
    given = {name.lower() for name in request.headers}
    headers = dict(request.headers)
    if "host" not in given:
        headers = {"Host": target.authority, **headers}
    if body and "content-length" not in given:
        headers["Content-Length"] = str(len(body))
    lines = [f"{request.method} {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _HttpReader:
    """Reads responses, and holds them against what is wanted. Its ``on_`` methods are called by the parser."""

    def __init__(self, wanted: HttpRequest) -> None:
        self._expected = wanted.expect.encode()
        self._bodiless = wanted.method == "HEAD"
        self._parser = HttpResponseParser(self)
        self._reset()

    def expect(self, _request: Request) -> None:
        self._reset()

    def feed(self, data: bytes) -> Answer | None:
        self._started = True
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            return Answer(Outcome.WRONG, type(error).__name__)
        return self._judged() if self._whole else None

    def end(self) -> Answer:
        """A response without a length ends with the connection (RFC 9112, section 6.3); any other is cut short."""
        if self._status and not self._framed:
            return self._judged()
        return Answer(Outcome.CLOSED, "in the middle of an answer" if self._started else "")

    def on_header(self, name: bytes, _value: bytes) -> None:
        if name.lower() in _FRAMING_HEADERS:
            self._framed = True

    def on_headers_complete(self) -> None:
        """Note what the parser knows now and forgets at the end of the message.

        Interim responses (100 to 199) are messages of their own, ahead of the one that counts.
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

    def _judged(self) -> Answer:
        if self._status in UNAVAILABLE_STATUSES:
            return Answer(Outcome.UNAVAILABLE, str(self._status), self._reusable)
        if self._status >= _OK_BELOW:
            return Answer(Outcome.REJECTED, str(self._status), self._reusable)
        if self._expected not in self._body:
            return Answer(Outcome.WRONG, "body", self._reusable)
        return _GOOD if self._reusable else Answer(Outcome.OK)
