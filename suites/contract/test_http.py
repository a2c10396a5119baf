"""The services keep the contract of docs/http.md and of their OpenAPI documents, over the gateway and directly."""

import pytest

from stackproof import Count, Profile, Run
from suites.contract.conftest import Apis
from suites.contract.hostile import CLOSE, CREATED, KINDS, TOO_LARGE, Answers, part, whole
from suites.contract.inside import unharmed
from suites.contract.openapi import requests_conform, rows_conform
from suites.contract.uploads import try_upload, uploads_hold

WAYS = ("gateway", "services")
ROWS = {Profile.QUICK: 10, Profile.NIGHTLY: 200}
REQUESTS = {Profile.QUICK: 40, Profile.NIGHTLY: 200}
"""Of each operation that takes anything."""
UPLOADS = {Profile.QUICK: 20, Profile.NIGHTLY: 300}
LIMIT_BYTES = 104857600  # 100 MiB, which a file must be below

# What is no HTTP is the gateway's to refuse: where the chunks of a body are none, a service by itself may wait for more
# until the form's time is up.
HOSTILE = [(way, kind) for way in WAYS for kind in KINDS if (way, kind) != ("services", "lengths")]


@pytest.mark.parametrize("way", WAYS)
def test_rows_of_requests_are_answered_as_documented(stack: Run, apis: Apis, count: Count, way: str) -> None:
    """Whoever follows the links gets what they promise: a receipt leads to its file, a page to the next."""
    with unharmed(stack):
        count(f"requests in rows over the {way}", rows_conform(apis(way), ROWS[stack.settings.profile]))


@pytest.mark.parametrize("way", WAYS)
def test_requests_are_answered_as_documented(stack: Run, apis: Apis, count: Count, way: str) -> None:
    """Status, type, headers and body are those of the document, for what it allows and for what it does not."""
    with unharmed(stack):
        count(f"requests over the {way}", requests_conform(apis(way), REQUESTS[stack.settings.profile]))


@pytest.mark.parametrize(("way", "kind"), HOSTILE)
def test_hostile_uploads_harm_nothing(stack: Run, apis: Apis, count: Count, way: str, kind: str) -> None:
    """Whatever an upload says of itself: an answer as documented, and what is stored is what was sent."""
    with unharmed(stack):
        uploads_hold(apis(way), KINDS[kind], UPLOADS[stack.settings.profile])
        count(f"uploads with hostile {kind} over the {way}", UPLOADS[stack.settings.profile])


@pytest.mark.parametrize(("size_bytes", "answers"), [(LIMIT_BYTES - 1, CREATED), (LIMIT_BYTES, TOO_LARGE)])
def test_the_size_limit_holds_to_the_byte(stack: Run, apis: Apis, size_bytes: int, answers: Answers) -> None:
    """The largest file that is promised can be sent, kept and had back; one byte more is refused."""
    content = bytes(size_bytes)
    with unharmed(stack):
        try_upload(apis("gateway"), whole(part(content) + CLOSE, answers, content))
