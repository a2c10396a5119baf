"""A stack to have a history of."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from stackproof.history import Header
from stackproof.model import Link, Location, Network, Objective, Probe, ProbeKind, Promise, Service, Sli, Stack


@pytest.fixture(scope="session")
def header() -> Header:
    """A header with one of everything."""
    probe = Probe("shop", ProbeKind.LIVENESS, "http://:80/live", 80)
    shop = Service("shop", networks=("front",), ports=(80,), probes=(probe,))
    objective = Objective(
        id="sla-shop-latency",
        promise=Promise.SLA,
        service="shop",
        sli=Sli.LATENCY,
        target=0.95,
        threshold_s=1.0,
        stream=str(Link("front", "shop", 80)),
        where=Location(Path("slo/shop.yaml"), 3),
    )
    stack = Stack("market", Path("compose.yaml"), networks=(Network("front"),), services=(shop,))
    return Header("run-1", stack, (objective,), datetime(2026, 1, 2, tzinfo=UTC), started_s=100.0, profile="quick")
