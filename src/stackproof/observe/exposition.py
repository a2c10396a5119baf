"""Asks an exporter for its metrics, once, bounded in time and size."""

import time
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from stackproof.model import StackproofError

_CHUNK_BYTES = 1 << 16
_MOST_BYTES = 32 << 20
_FIX = "see that it stands and that the address is that of its metrics, or keep its answer in a file and name that"


class NoExpositionError(StackproofError):
    """An exporter gave no metrics."""


def ask_exposition(url: str, *, within_s: float = 5.0) -> str:
    """Get what an exporter answers.

    Args:
        url: ``http://`` or ``https://``, the whole address: ``http://localhost:9100/metrics``.
        within_s: Time after which no answer counts as none, in seconds.

    Raises:
        NoExpositionError: No answer, or one that is none of metrics: late, very large, an error, no text.
    """
    if not url.startswith(("http://", "https://")):
        raise NoExpositionError(f"expected an http:// or https:// address, saw {url!r}")
    deadline_s = time.monotonic() + within_s
    try:
        request = Request(url, headers={"Accept": "text/plain;version=0.0.4"})  # noqa: S310 - the scheme is checked
        with urlopen(request, timeout=within_s) as answer:  # noqa: S310 - the scheme is checked
            if answer.status != HTTPStatus.OK:
                raise NoExpositionError(f"{url} answered HTTP {answer.status}", fix=_FIX)
            received = bytearray()
            while chunk := answer.read1(_CHUNK_BYTES):
                received += chunk
                if time.monotonic() > deadline_s:
                    raise NoExpositionError(f"{url} was not done within {within_s:g} s", fix=_FIX)
                if len(received) > _MOST_BYTES:
                    raise NoExpositionError(f"{url} answers with more than {_MOST_BYTES >> 20} MiB", fix=_FIX)
            return received.decode("utf-8")
    except HTTPError as error:
        raise NoExpositionError(f"{url} answered HTTP {error.code}", fix=_FIX) from None
    except UnicodeDecodeError:
        raise NoExpositionError(f"{url} does not answer with text", fix=_FIX) from None
    except (URLError, OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise NoExpositionError(f"{url} does not answer: {reason}", fix=_FIX) from None
