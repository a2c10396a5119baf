"""Small runs to judge."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stackproof.model import Location, Objective, Outcome, Promise, Sample, Sli

LINK = "front/shop:80"


@pytest.fixture(scope="session")
def promised() -> Callable[..., Objective]:
    """Makes an objective of the one link."""

    def make(
        sli: Sli = Sli.AVAILABILITY, target: float = 0.9, promise: Promise = Promise.SLA, stream: str = LINK
    ) -> Objective:
        threshold_s = 1.0 if sli is Sli.LATENCY else None
        where = Location(Path("slo.yaml"), 1)
        return Objective(f"{promise}-shop-{sli}", promise, "shop", sli, target, threshold_s, stream, where)

    return make


@pytest.fixture(scope="session")
def requests() -> Callable[..., list[Sample]]:
    """Makes requests that all end the same way."""

    def make(count: int, outcome: Outcome = Outcome.OK, latency_s: float = 0.1, stream: str = LINK) -> list[Sample]:
        return [Sample(stream, at_s, at_s, at_s + latency_s, outcome) for at_s in range(count)]

    return make
