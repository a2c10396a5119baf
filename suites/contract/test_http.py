"""The services keep the contract of docs/http.md and of their OpenAPI documents, over the gateway and directly."""

import pytest

from stackproof.judge import Profile
from stackproof.pytest_plugin import Count
from stackproof.session.run import Run
from suites.contract.conftest import Apis
from suites.contract.inside import unharmed
from suites.contract.openapi import requests_conform, rows_conform

WAYS = ("gateway", "services")
ROWS = {Profile.QUICK: 20, Profile.NIGHTLY: 400}
REQUESTS = {Profile.QUICK: 15, Profile.NIGHTLY: 400}
"""Of each operation that takes anything."""


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
