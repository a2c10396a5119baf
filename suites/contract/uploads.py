"""Uploads that no browser would send, and what must come of them."""

import json
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from suites.contract.openapi import Api
from suites.contract.problems import PROTECTION, assert_problem, assert_protected

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Upload:
    """A request that uploads a file, or tries to.

    Attributes:
        headers: Of the request.
        body: Of the request.
        answers: The statuses that it may be answered with.
        content: The bytes of the file, if it is stored; None where a name may end the header early, so that the file
            begins within it.
        mime_type: The type with which it is given back.
    """

    headers: Headers
    body: bytes
    answers: frozenset[HTTPStatus]
    content: bytes | None
    mime_type: bytes = b"text/plain"


def try_upload(api: Api, upload: Upload) -> None:
    """Send an upload: the answer is documented and in time, and the stored file is the one that was sent.

    Raises:
        AssertionError: It does not hold.
        OSError: There was no answer in time.
    """
    with closing(api.public.connection()) as connection:
        connection.putrequest("POST", "/upload", skip_accept_encoding=True)
        for name, value in upload.headers:
            connection.putheader(name, value)
        connection.endheaders()
        with suppress(ConnectionError):  # refused before all was sent: the answer has the reason
            connection.send(upload.body)
        answer = connection.getresponse()
        body = answer.read()
    assert_protected(answer.headers, PROTECTION)
    assert answer.status in upload.answers, f"expected {set(upload.answers)}, saw {answer.status}: {body!r}"
    if answer.status == HTTPStatus.CREATED:
        _assert_kept(api, upload, json.loads(body)["stored_as"])
    else:
        assert_problem(answer.status, answer.headers, body)


def _assert_kept(api: Api, upload: Upload, name: str) -> None:
    with closing(api.intranet.connection()) as connection:
        connection.request("GET", f"/api/files/{name}")
        answer = connection.getresponse()
        kept = answer.read()
    assert answer.status == HTTPStatus.OK, f"{name} was stored, but cannot be read back: {answer.status} {kept!r}"
    assert answer.headers.get_content_type().encode() == upload.mime_type.lower()
    if upload.content is None:
        assert kept in upload.body, f"{name} was never sent"
    else:
        assert kept == upload.content, f"{name} is not what was sent: {len(kept)} bytes, not {len(upload.content)}"


def uploads_hold(api: Api, uploads: SearchStrategy[Upload], count: int) -> None:
    """Try so many uploads; one that fails is reduced to a small one.

    Raises:
        AssertionError: One of them does not hold.
    """

    @seed(api.seed)
    @settings(
        max_examples=count,
        phases=[Phase.generate, Phase.shrink],
        database=None,
        deadline=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(uploads)
    def holds(upload: Upload) -> None:
        try_upload(api, upload)

    holds()
