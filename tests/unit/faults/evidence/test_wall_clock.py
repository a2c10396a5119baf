import time

import pytest

from stackproof.faults.evidence.wall_clock import read_clock
from tests.tiny_servers import AnswersHttp, AnswersLines, serving
from tests.unit.fakes import FakeStack, small_stack

WEB = small_stack().service("web")


class OneHourAhead(AnswersHttp):
    """A server whose clock is an hour ahead."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """A wrong date."""
        return super().date_time_string((timestamp or time.time()) + 3600)


def test_the_date_of_an_answer_is_read() -> None:
    """The clock is read from outside, with a resolution of one second, and nothing is run in the service."""
    with serving(OneHourAhead) as address:
        engine = FakeStack(direct={("web", 80): address})
        reading = read_clock(engine, WEB)
    assert reading is not None
    assert reading.least_s <= 3600 <= reading.most_s
    assert not reading.doubt
    assert not engine.helped


def test_a_port_without_http_is_skipped() -> None:
    """Any port whose answers have a Date is read, with or without a probe."""
    with serving(AnswersLines) as lines, serving(OneHourAhead) as http:
        reading = read_clock(FakeStack(direct={("web", 80): lines, ("web", 9000): http}), WEB)
    assert reading is not None
    assert "port 9000" in reading.by


@pytest.mark.parametrize(
    ("printed", "doubt"),
    [
        ("python3\tloaded\n", ""),
        ("redis-server\tfree\n", "redis-server has not loaded libfaketime"),
        ("prometheus\tgo\n", "prometheus is a Go program"),
        ("", "no process of the service was found"),
    ],
)
def test_the_clock_inside_counts_if_the_service_shares_it(printed: str, doubt: str) -> None:
    """`date` loads the library because of its environment; the memory of the service shows whether it did, too."""
    engine = FakeStack()
    engine.said = [str(int(time.time()) - 60), printed]
    reading = read_clock(engine, WEB)
    assert reading is not None
    assert reading.may_be(-60, 1.0)
    assert doubt in reading.doubt
    assert bool(reading.doubt) is bool(doubt)


@pytest.mark.parametrize("printed", [["sometime"], []])
def test_there_is_no_reading_if_no_clock_can_be_read(printed: list[str]) -> None:
    """An image without `date`, or with an unusual one, is not an error."""
    engine = FakeStack()
    engine.said = list(printed)
    assert read_clock(engine, WEB) is None
