"""The services keep docs/http.md and their OpenAPI documents, through the gateway and directly."""

import pytest

from stackproof import Count, Profile, Run
from suites.contract.conftest import Apis
from suites.contract.hostile import CLOSE, CREATED, KINDS, TOO_LARGE, Answers, part, whole
from suites.contract.inside import unharmed
from suites.contract.openapi import REQUESTS, SEQUENCES, requests_conform, sequences_conform
from suites.contract.uploads import try_upload, uploads_hold

WAYS = ("gateway", "services")
UPLOADS = {Profile.QUICK: 20, Profile.NIGHTLY: 300}
LIMIT_BYTES = 104857600  # 100 MiB, which a file must be below

# The gateway refuses what is not HTTP. A service without it may wait for more of a body with broken chunks, until the
# form's time is up.
HOSTILE = [(way, kind) for way in WAYS for kind in KINDS if (way, kind) != ("services", "lengths")]


@pytest.mark.parametrize("way", WAYS)
def test_sequences_of_requests_are_answered_as_documented(stack: Run, apis: Apis, count: Count, way: str) -> None:
    """Links in answers lead where they promise: a receipt to its file, a page to the next."""
    with unharmed(stack):
        count(f"requests in rows over the {way}", sequences_conform(apis(way), SEQUENCES[stack.settings.profile]))


@pytest.mark.parametrize("way", WAYS)
def test_requests_are_answered_as_documented(stack: Run, apis: Apis, count: Count, way: str) -> None:
    """Status, type, headers and body are documented, for valid and for invalid requests."""
    with unharmed(stack):
        count(f"requests over the {way}", requests_conform(apis(way), REQUESTS[stack.settings.profile]))


@pytest.mark.parametrize(("way", "kind"), HOSTILE)
def test_hostile_uploads_harm_nothing(stack: Run, apis: Apis, count: Count, way: str, kind: str) -> None:
    """Whatever an upload contains, the answer is documented, and the stored file is the one that was sent."""
    with unharmed(stack):
        uploads_hold(apis(way), KINDS[kind], UPLOADS[stack.settings.profile])
        count(f"uploads with hostile {kind} over the {way}", UPLOADS[stack.settings.profile])


@pytest.mark.parametrize(("size_bytes", "answers"), [(LIMIT_BYTES - 1, CREATED), (LIMIT_BYTES, TOO_LARGE)])
def test_the_size_limit_holds_to_the_byte(stack: Run, apis: Apis, size_bytes: int, answers: Answers) -> None:
    """The largest promised file can be stored and read back; one byte more is refused."""
    content = bytes(size_bytes)
    with unharmed(stack):
        try_upload(apis("gateway"), whole(part(content) + CLOSE, answers, content))
