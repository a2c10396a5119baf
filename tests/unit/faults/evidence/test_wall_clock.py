import time

import pytest

from stackproof.faults.evidence.wall_clock import read_clock
from tests.tiny_servers import AnswersHttp, AnswersLines, serving
from tests.unit.fakes import FakeStack, small_stack

WEB = small_stack().service("web")


class AnHourAhead(AnswersHttp):
    """Dates its answers an hour ahead."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """A wrong date."""
        return super().date_time_string((timestamp or time.time()) + 3600)


def test_a_date_that_the_service_sends_is_read() -> None:
    """The clock is read from outside, to the second that a Date has, and nothing is run in the service."""
    with serving(AnHourAhead) as address:
        engine = FakeStack(direct={("web", 80): address})
        reading = read_clock(engine, WEB)
    assert reading is not None
    assert reading.least_s <= 3600 <= reading.most_s
    assert not reading.doubt
    assert not engine.helped


def test_a_port_that_speaks_something_else_is_passed_over() -> None:
    """Whichever port has a Date is read, probed or not."""
    with serving(AnswersLines) as lines, serving(AnHourAhead) as http:
        reading = read_clock(FakeStack(direct={("web", 80): lines, ("web", 9000): http}), WEB)
    assert reading is not None
    assert "port 9000" in reading.by


@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        ("python3\tloaded\n", ""),
        ("redis-server\tfree\n", "redis-server has not loaded libfaketime"),
        ("prometheus\tgo\n", "prometheus is a Go program"),
        ("", "no process of the service was found"),
    ],
)
def test_a_clock_inside_counts_where_the_service_shares_it(said: str, doubt: str) -> None:
    """`date` has the library by its environment: whether the service has, its own memory tells."""
    engine = FakeStack()
    engine.said = [str(int(time.time()) - 60), said]
    reading = read_clock(engine, WEB)
    assert reading is not None
    assert reading.may_be(-60, 1.0)
    assert doubt in reading.doubt
    assert bool(reading.doubt) is bool(doubt)


@pytest.mark.parametrize("said", [["sometime"], []])
def test_where_nothing_can_be_read_there_is_no_reading(said: list[str]) -> None:
    """An image without `date`, or with one of its own kind, is not an error."""
    engine = FakeStack()
    engine.said = list(said)
    assert read_clock(engine, WEB) is None
