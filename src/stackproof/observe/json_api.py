"""Asks HTTP APIs that answer with JSON: within a bound, and with one clear error."""

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
"""How long an answer may take, in seconds."""

_MOST_BYTES = 16 << 20
_CHUNK_BYTES = 1 << 16
_SHOWN = 200
_Answer = TypeVar("_Answer")


Place = str | Callable[[], str]
"""A URL, or what gives it: a container that was restarted may have another port, and is asked for it anew."""


class JsonApi:
    """One API; a connection is kept between calls, so each thread has an API of its own.

    Args:
        what: Who answers there, in words.
        place: Where its paths begin, such as ``http://127.0.0.1:9090``; what gives it is asked before the first call
            and after each that was not answered.
        within_s: Bound on each answer, in seconds.

    Raises:
        DeclarationError: The URL is none.
    """

    def __init__(self, what: str, place: Place, within_s: float = WITHIN_S) -> None:
        self.what = what
        self._place = place
        self._within_s = within_s
        self._base_url = self._checked(place) if isinstance(place, str) else ""
        self._session = requests.Session()
        self._session.trust_env = False  # an HTTP proxy of the user's is not on the way to loopback

    def get(self, path: str, shape: TypeAdapter[_Answer], params: Mapping[str, str] | None = None) -> _Answer:
        """Ask once.

        Raises:
            InconclusiveError: It does not answer, not in time, not well, or in another shape.
            DeclarationError: What gives its URL gives none.
        """
        url = f"{self._base()}{path}"
        try:
            body = self._body(url, params or {})
        except requests.Timeout:
            raise self._trouble(url, f"none within {self._within_s:g} s") from None
        except requests.RequestException as error:
            raise self._trouble(url, f"{type(error).__name__}: {error}") from error
        try:
            return shape.validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            seen = f"{place + ': ' if place else ''}{first['msg']}, in {body[:_SHOWN].decode(errors='replace')!r}"
            raise self._trouble(url, seen) from None

    def close(self) -> None:
        """Close its connection."""
        self._session.close()

    def _base(self) -> str:
        if not self._base_url and not isinstance(self._place, str):
            try:
                self._base_url = self._checked(self._place())
            except EngineError as error:
                raise self._trouble(self.what, error.message) from error
        return self._base_url

    def _checked(self, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise DeclarationError(
                f"expected the URL of {self.what} as http://HOST:PORT, saw {url!r}", fix="name scheme, host and port"
            )
        return url.rstrip("/")

    def _body(self, url: str, params: Mapping[str, str]) -> bytes:
        """The body of a good answer; a server that drips is cut off when its time is over."""
        deadline_s = time.monotonic() + self._within_s
        with self._session.get(
            url, params=dict(params), timeout=self._within_s, stream=True, allow_redirects=False
        ) as response:
            body = b""
            while chunk := self._chunk(response):
                body += chunk
                if time.monotonic() > deadline_s:
                    raise requests.Timeout
                if len(body) > _MOST_BYTES:
                    raise requests.RequestException(f"more than {_MOST_BYTES} bytes")
            if response.status_code != HTTPStatus.OK:
                said = body[:_SHOWN].decode(errors="replace").strip()
                raise requests.RequestException(f"status {response.status_code}: {said}")
            return body

    def _chunk(self, response: requests.Response) -> bytes:
        """What has come so far, without waiting for more than that."""
        try:
            chunk: bytes = response.raw.read1(_CHUNK_BYTES, decode_content=True)
        except Exception as error:
            # urllib3's own errors, which requests turns into its own only where it reads the body itself
            if "timed out" in str(error).lower():
                raise requests.Timeout(str(error)) from error
            raise requests.ConnectionError(str(error)) from error
        return chunk

    def _trouble(self, url: str, seen: str) -> InconclusiveError:
        if not isinstance(self._place, str):
            self._base_url = ""
        return InconclusiveError(
            f"expected an answer of {self.what}, saw {seen}",
            where=url,
            fix="see whether it runs and can be reached there",
        )


def monotonic_of(wall: datetime) -> float:
    """A moment of another machine's clock on our monotonic clock, as far as both wall clocks agree now."""
    aware = wall if wall.tzinfo else wall.replace(tzinfo=UTC)
    return time.monotonic() - (time.time() - aware.timestamp())
