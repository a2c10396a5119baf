"""Requests JSON from HTTP APIs, with a timeout for the whole answer and one kind of error."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import urlsplit

import requests
from pydantic import TypeAdapter, ValidationError

from stackproof.model import DeclarationError, EngineError, InconclusiveError

WITHIN_S: Final = 2.0
"""Default timeout of a request, in seconds."""

_MAX_BYTES = 16 << 20
_CHUNK_BYTES = 1 << 16
_SHOWN = 200
_Answer = TypeVar("_Answer")


ApiUrl = str | Callable[[], str]
"""A URL, or a function that gives it: a restarted container may have another port."""


class JsonApi:
    """One API. It keeps a connection between requests, so each thread needs its own.

    Args:
        name: The server's name in messages.
        url: The base URL, such as ``http://127.0.0.1:9090``, or a function that gives it. The function is called before
            the first request and after each failed one.
        within_s: Timeout of each request, in seconds.

    Raises:
        DeclarationError: The URL is invalid.
    """

    def __init__(self, name: str, url: ApiUrl, within_s: float = WITHIN_S) -> None:
        self.name = name
        self._url = url
        self._within_s = within_s
        self._base_url = self._checked(url) if isinstance(url, str) else ""
        self._session = requests.Session()
        self._session.trust_env = False  # the user's HTTP proxy must not be used for loopback addresses

    def get(self, path: str, shape: TypeAdapter[_Answer], params: Mapping[str, str] | None = None) -> _Answer:
        """Send one GET request.

        Raises:
            InconclusiveError: There is no answer in time, it has an error status, or it does not fit the shape.
            DeclarationError: The function that gives the URL gave an invalid one.
        """
        url = f"{self._base()}{path}"
        try:
            body = self._body(url, params or {})
        except requests.Timeout:
            raise self._failed(url, f"none within {self._within_s:g} s") from None
        except requests.RequestException as error:
            raise self._failed(url, f"{type(error).__name__}: {error}") from error
        try:
            return shape.validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            seen = f"{place + ': ' if place else ''}{first['msg']}, in {body[:_SHOWN].decode(errors='replace')!r}"
            raise self._failed(url, seen) from None

    def close(self) -> None:
        """Close its connection."""
        self._session.close()

    def _base(self) -> str:
        if not self._base_url and not isinstance(self._url, str):
            try:
                self._base_url = self._checked(self._url())
            except EngineError as error:
                raise self._failed(self.name, error.message) from error
        return self._base_url

    def _checked(self, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise DeclarationError(
                f"expected the URL of {self.name} as http://HOST:PORT, saw {url!r}", fix="name scheme, host and port"
            )
        return url.rstrip("/")

    def _body(self, url: str, params: Mapping[str, str]) -> bytes:
        """The body of a successful answer. A server that sends slowly is cut off when the time is over."""
        deadline_s = time.monotonic() + self._within_s
        with self._session.get(
            url, params=dict(params), timeout=self._within_s, stream=True, allow_redirects=False
        ) as response:
            body = b""
            while chunk := self._chunk(response):
                body += chunk
                if time.monotonic() > deadline_s:
                    raise requests.Timeout
                if len(body) > _MAX_BYTES:
                    raise requests.RequestException(f"more than {_MAX_BYTES} bytes")
            if response.status_code != HTTPStatus.OK:
                text = body[:_SHOWN].decode(errors="replace").strip()
                raise requests.RequestException(f"status {response.status_code}: {text}")
            return body

    def _chunk(self, response: requests.Response) -> bytes:
        """The bytes that have arrived so far, without waiting for more."""
        try:
            chunk: bytes = response.raw.read1(_CHUNK_BYTES, decode_content=True)
        except Exception as error:
            # urllib3's own errors, which requests converts only if it reads the body itself
            if "timed out" in str(error).lower():
                raise requests.Timeout(str(error)) from error
            raise requests.ConnectionError(str(error)) from error
        return chunk

    def _failed(self, url: str, seen: str) -> InconclusiveError:
        if not isinstance(self._url, str):
            self._base_url = ""
        return InconclusiveError(
            f"expected an answer from {self.name}, saw {seen}",
            where=url,
            fix="check that it runs and can be reached there",
        )


class ApiClient:
    """A client of one JSON API; not to be shared between threads.

    Args:
        url: The base URL, or a function that gives it.
        within_s: Timeout of each request, in seconds.

    Raises:
        DeclarationError: The URL is invalid.
    """

    server = "the server"
    """The server's name in messages."""

    def __init__(self, url: ApiUrl, within_s: float = WITHIN_S) -> None:
        self._api = JsonApi(self.server, url, within_s)

    def close(self) -> None:
        """Close its connection."""
        self._api.close()


def monotonic_of(wall: datetime) -> float:
    """A timestamp of another machine on our monotonic clock, assuming that both wall clocks agree now."""
    aware = wall if wall.tzinfo else wall.replace(tzinfo=UTC)
    return time.monotonic() - (time.time() - aware.timestamp())
