"""How fast the socket server is, one call at a time and many at once: figures to compare, never a verdict."""

import os

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from stackproof import Constant, LoadPlan, MimeConnection, Outcome, Run, Upload

LINK = "private_net/mime-server:65432"
BURST_PER_S = 2000.0

pytestmark = pytest.mark.bench


@pytest.mark.parametrize("size_bytes", [1, 1024, 1024 * 1024])
def test_sequential_files(stack: Run, benchmark: BenchmarkFixture, size_bytes: int) -> None:
    """The time from sending a file to its acknowledgement, on one connection."""
    way = stack.entry(LINK)
    body = os.urandom(size_bytes)
    with MimeConnection(way.host, way.port) as connection:
        receipt = benchmark(connection.send, body)
    assert receipt.size_bytes == size_bytes


def test_ping(stack: Run, benchmark: BenchmarkFixture) -> None:
    """The time from PING to PONG: the cost of the link alone."""
    way = stack.entry(LINK)
    with MimeConnection(way.host, way.port) as connection:
        benchmark(connection.ping)


def test_throughput(stack: Run, benchmark: BenchmarkFixture) -> None:
    """How long the server takes for a burst faster than it can store; files/s is the burst over that time."""
    plan = LoadPlan(
        f"mime://{stack.entry(LINK)}",
        Constant(BURST_PER_S, 2.0),
        f"throughput of {LINK}",  # no objective is judged on this stream: it exceeds the promised load
        request=Upload(size_bytes=1024),
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
