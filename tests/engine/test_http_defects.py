"""Each seeded defect of the HTTP services is caught by the claim that its patch names."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from schemathesis.core.failures import FailureGroup

from stackproof.model import Profile
from suites.contract.edge import EVERY, REFUSED, assert_http2, assert_refused, assert_tls
from suites.contract.hostile import KINDS
from suites.contract.openapi import REQUESTS, SEQUENCES, Api, requests_conform, sequences_conform
from suites.contract.problems import assert_protected
from suites.contract.uploads import uploads_hold
from suites.contract.ways import Way
from tests.defects.patches import Defect, broken
from tests.defects.services import DEFECTS, gateway_alone, served

SEED = 5
CASES = 100


def all_refused(way: Way) -> None:
    """The gateway refuses every request beyond its limits, always in the same format."""
    for case in REFUSED.values():
        assert_refused(way, case)


def health_protected(way: Way) -> None:
    """An answer of the gateway itself has all security headers."""
    with closing(way.connection()) as connection:
        connection.request("GET", "/health")
        assert_protected(connection.getresponse().headers, EVERY)


def uploads(kind: str) -> Callable[[Api], None]:
    """Hostile uploads of one kind do no harm."""
    return lambda api: uploads_hold(api, KINDS[kind], CASES)


OF_SERVICES: dict[str, Callable[[Api], object]] = {
    "rows": lambda api: sequences_conform(api, SEQUENCES[Profile.QUICK]),
    "requests": lambda api: requests_conform(api, REQUESTS[Profile.QUICK]),
    **{kind: uploads(kind) for kind in KINDS if kind != "lengths"},
}
OF_THE_GATEWAY: dict[str, Callable[[Way], object]] = {
    "tls": assert_tls,
    "http2": assert_http2,
    "refusals": all_refused,
    "protection": health_protected,
}


def claim(name: str, code: Path, folder: Path) -> None:
    """Check a claim on the services, or the gateway, of this code."""
    if name in OF_THE_GATEWAY:
        with gateway_alone(code, folder) as way:
            OF_THE_GATEWAY[name](way)
    else:
        with served(code, folder, SEED) as api:
            OF_SERVICES[name](api)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_caught_by_its_claim(defect: Defect, tmp_path: Path) -> None:
    """With services, or a gateway, broken on purpose, the named claim fails. A failed start does not count."""
    with pytest.raises((AssertionError, FailureGroup)):
        claim(defect.claim, broken(defect, tmp_path / "code"), tmp_path)


@pytest.mark.parametrize("name", OF_SERVICES)
def test_the_unbroken_services_keep_their_contract(name: str, tmp_path: Path) -> None:
    """The same claims hold for the services as they are."""
    claim(name, broken(None, tmp_path / "code"), tmp_path)


def test_the_unbroken_gateway_keeps_its_contract(tmp_path: Path) -> None:
    """The same claims hold for the gateway as it is."""
    with gateway_alone(broken(None, tmp_path / "code"), tmp_path) as way:
        for holds in OF_THE_GATEWAY.values():
            holds(way)
