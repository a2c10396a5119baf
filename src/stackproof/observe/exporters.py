"""Fetches the metrics of an exporter once, limited in time and size."""

import time
from http import HTTPStatus
from http.client import HTTPException
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import FTPHandler, Request, build_opener

from stackproof.model import StackproofError

_CHUNK_BYTES = 1 << 16
_MAX_BYTES = 32 << 20
_FIX = "check that it runs and that the address is that of its metrics, or save its metrics in a file and name that"


class MetricsUnavailableError(StackproofError):
    """An exporter's metrics could not be fetched."""


def fetch_exposition(url: str, *, within_s: float = 5.0) -> str:
    """Fetch the text that an exporter serves.

    Args:
        url: The complete ``http://`` or ``https://`` address, such as ``http://localhost:9100/metrics``.
        within_s: Timeout for the whole answer, in seconds.

    Raises:
        MetricsUnavailableError: There is no answer in time, or it is an error, too large, or not text.
    """
    if not url.startswith(("http://", "https://")):
        raise MetricsUnavailableError(f"expected an http:// or https:// address, saw {url!r}")
    answers: SimpleQueue[str | MetricsUnavailableError] = SimpleQueue()
    # In a thread, because no timeout of a socket bounds a name server, or headers that come letter by letter.
    Thread(target=lambda: answers.put(_answer(url, within_s)), daemon=True).start()
    try:
        answer = answers.get(timeout=within_s)
    except Empty:
        answer = _late(url, within_s)
    if isinstance(answer, MetricsUnavailableError):
        raise answer
    return answer


def _answer(url: str, within_s: float) -> str | MetricsUnavailableError:
    """The text that an exporter serves, or why there is none."""
    try:
        return _fetched(url, within_s)
    except MetricsUnavailableError as error:
        return error
    except HTTPError as error:
        error.close()
        return MetricsUnavailableError(f"{url} answered HTTP {error.code}", fix=_FIX)
    except UnicodeDecodeError:
        return MetricsUnavailableError(f"{url} does not answer with text", fix=_FIX)
    except (URLError, OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        return MetricsUnavailableError(f"{url} does not answer: {reason}", fix=_FIX)


def _fetched(url: str, within_s: float) -> str:
    deadline_s = time.monotonic() + within_s
    request = Request(url, headers={"Accept": "text/plain;version=0.0.4"})  # noqa: S310 - the scheme is checked
    with build_opener(_NoFtp).open(request, timeout=within_s) as answer:
        if answer.status != HTTPStatus.OK:
            raise MetricsUnavailableError(f"{url} answered HTTP {answer.status}", fix=_FIX)
        received = bytearray()
        while chunk := answer.read1(_CHUNK_BYTES):
            received += chunk
            if time.monotonic() > deadline_s:
                raise _late(url, within_s)
            if len(received) > _MAX_BYTES:
                raise MetricsUnavailableError(f"{url} answers with more than {_MAX_BYTES >> 20} MiB", fix=_FIX)
        return received.decode("utf-8")


class _NoFtp(FTPHandler):
    """Follows no redirection to FTP, which urllib follows by default."""

    def ftp_open(self, req: Request) -> NoReturn:
        """Refuse."""
        raise URLError(f"it redirects to {req.full_url!r}, which is no http:// address")


def _late(url: str, within_s: float) -> MetricsUnavailableError:
    return MetricsUnavailableError(f"{url} does not answer in full within {within_s:g} s", fix=_FIX)
