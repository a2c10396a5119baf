"""Fetches the metrics of an exporter once, limited in time and size."""

import time
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

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
    deadline_s = time.monotonic() + within_s
    try:
        request = Request(url, headers={"Accept": "text/plain;version=0.0.4"})  # noqa: S310 - the scheme is checked
        with urlopen(request, timeout=within_s) as answer:  # noqa: S310 - the scheme is checked
            if answer.status != HTTPStatus.OK:
                raise MetricsUnavailableError(f"{url} answered HTTP {answer.status}", fix=_FIX)
            received = bytearray()
            while chunk := answer.read1(_CHUNK_BYTES):
                received += chunk
                if time.monotonic() > deadline_s:
                    raise MetricsUnavailableError(f"{url} did not finish its answer within {within_s:g} s", fix=_FIX)
                if len(received) > _MAX_BYTES:
                    raise MetricsUnavailableError(f"{url} answers with more than {_MAX_BYTES >> 20} MiB", fix=_FIX)
            return received.decode("utf-8")
    except HTTPError as error:
        raise MetricsUnavailableError(f"{url} answered HTTP {error.code}", fix=_FIX) from None
    except UnicodeDecodeError:
        raise MetricsUnavailableError(f"{url} does not answer with text", fix=_FIX) from None
    except (URLError, OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise MetricsUnavailableError(f"{url} does not answer: {reason}", fix=_FIX) from None
