"""How quick the socket server is, one call at a time and many at once: figures to compare, never a verdict."""

import os

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from stackproof import Constant, LoadPlan, MimeConnection, Outcome, Run, Upload

LINK = "private_net/mime-server:65432"
BURST_PER_S = 2000.0

pytestmark = pytest.mark.bench


@pytest.mark.parametrize("size_bytes", [1, 1024, 1024 * 1024])
def test_one_file_after_the_other(stack: Run, benchmark: BenchmarkFixture, size_bytes: int) -> None:
    """The time from sending a file to its acknowledgement, on one connection."""
    way = stack.entry(LINK)
    body = os.urandom(size_bytes)
    with MimeConnection(way.host, way.port) as connection:
        receipt = benchmark(connection.send, body)
    assert receipt.size_bytes == size_bytes


def test_a_sign_of_life(stack: Run, benchmark: BenchmarkFixture) -> None:
    """The time from PING to PONG: what the way alone costs."""
    way = stack.entry(LINK)
    with MimeConnection(way.host, way.port) as connection:
        benchmark(connection.ping)


def test_throughput(stack: Run, benchmark: BenchmarkFixture) -> None:
    """How long the server takes for a burst that comes faster than it can store: files/s is the burst over the time."""
    plan = LoadPlan(
        f"mime://{stack.entry(LINK)}",
        Constant(BURST_PER_S, 2.0),
        f"throughput of {LINK}",  # more than was ever promised: no stream that an objective is judged on
        upload=Upload(size_bytes=1024),
        deadline_s=60.0,
        max_open=100_000,
    )

    def burst() -> float:
        before = len(stack.samples)
        stack.load(plan)
        answered = [sample for sample in stack.samples[before:] if sample.outcome is Outcome.OK]
        assert answered
        return len(answered) / (max(each.ended_s for each in answered) - min(each.intended_s for each in answered))

    benchmark.extra_info["files_per_s"] = benchmark(burst)
