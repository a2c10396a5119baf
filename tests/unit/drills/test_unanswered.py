from collections.abc import Iterator
from math import nan
from pathlib import Path

import pytest

from stackproof.alerts.data_queries import DataQuery
from stackproof.drills.unanswered import unanswered
from stackproof.model import Location
from stackproof.observe.prometheus_api import PrometheusApi
from tests.unit.monitoring import Monitoring, monitoring

HANG_S = 30.0


@pytest.fixture
def says() -> Iterator[Monitoring]:
    """A server that answers like Prometheus."""
    with monitoring() as server:
        yield server


def questions(*texts: str) -> list[DataQuery]:
    """Questions on these expressions."""
    return [DataQuery(text, "Panel", Location(Path("board.json"), 1)) for text in texts]


def test_numbers_are_data_and_nothing_else_is(says: Monitoring) -> None:
    """0 is a number; NaN draws no line; one series with a number among others will do."""
    says.values = {"zero": [0.0], "some": [nan, 1.0], "nan": [nan], "none": []}
    left = unanswered(PrometheusApi(says.url), questions("zero", "some", "nan", "none"), 0)
    assert [each.text for each in left] == ["nan", "none"]


def test_data_is_waited_for(says: Monitoring) -> None:
    """What comes with a later scrape is data, too: here after the first answer."""

    class Later(dict[str, list[float]]):
        def __getitem__(self, expr: str) -> list[float]:
            now = super().__getitem__(expr)
            self[expr] = [1.0]
            return now

    says.values = Later(late=[])
    assert unanswered(PrometheusApi(says.url), questions("late"), HANG_S) == ()
