"""The load under which service levels are judged: sent once, judged by every test of the suite."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from stackproof import (
    Constant,
    HttpRequest,
    LoadPlan,
    LoadResult,
    Profile,
    Run,
    Schedule,
    Spike,
    TimedLoad,
    Trust,
    Upload,
)

GATEWAY = "public_net/gateway:443"
SERVER_LINKS = ("public_net/mime-server:65432", "private_net/mime-server:65432")

# The objectives are promised for 1 file/s, with spikes of 10/s. At that rate 2995 requests, which prove "< 0.1 %", take
# 50 minutes. So the load is 10 times the promised one, on each of the server's links.
FASTER = 10.0
NORMAL_PER_S = 1.0 * FASTER
SPIKE_PER_S = 10.0 * FASTER
SPIKE_EVERY_S = 10.0
SPIKE_FOR_S = 5.0
GATEWAY_PER_S = 110.0
# A load generator kept up where its lag is at most a twentieth of the promised latency.
LAG_LIMIT_S = 0.05


ON_ITS_OWN = {
    "test_drills.py": "it needs a faster clock: make drills",
    "test_benchmarks.py": "it measures and decides nothing: tox -e bench",
}
"""Files of this folder that need a run of their own, and how to run them."""

_left_out: list[Path] = []


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out files that need a run of their own; pytest does not ask about a file that it is given by name."""
    if collection_path.name not in ON_ITS_OWN:
        return None
    _left_out.append(collection_path)
    return True


def pytest_report_collectionfinish(config: pytest.Config) -> Sequence[str]:
    """Report what was left out of a folder that was to be run, and how to run it."""
    if not any(Path(arg).is_dir() for arg in config.args):
        return []
    return [f"left out: {file.name}, since {ON_ITS_OWN[file.name]}" for file in _left_out]


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long each part of the load takes, in seconds."""

    gateway_s: float
    normal_s: float
    spike_s: float


LENGTHS = {
    # 2995 requests without a failure decide the SLA, 4742 with one.
    Profile.QUICK: Lengths(gateway_s=45.0, normal_s=5.0, spike_s=60.0),
    # 29956 without a failure decide an error rate of 0.01 %.
    Profile.NIGHTLY: Lengths(gateway_s=300.0, normal_s=30.0, spike_s=600.0),
}


def _normal(stack: Run, link: str) -> LoadPlan:
    return _files(stack, f"{link} normal", link, Constant(NORMAL_PER_S, LENGTHS[stack.settings.profile].normal_s))


def _spike(stack: Run, link: str) -> LoadPlan:
    length_s = LENGTHS[stack.settings.profile].spike_s
    return _files(stack, f"{link} spike", link, Spike(NORMAL_PER_S, SPIKE_PER_S, SPIKE_EVERY_S, SPIKE_FOR_S, length_s))


def _files(stack: Run, stream: str, link: str, schedule: Schedule) -> LoadPlan:
    target, request = f"mime://{stack.entry(link)}", Upload(size_bytes=4096)
    return LoadPlan(target, schedule, stream, request=request, lag_limit_s=LAG_LIMIT_S)


def _pages(stack: Run) -> LoadPlan:
    return LoadPlan(
        f"https://{stack.entry(GATEWAY)}/",
        Constant(GATEWAY_PER_S, LENGTHS[stack.settings.profile].gateway_s),
        f"{GATEWAY} pages",
        request=HttpRequest(trust=Trust.ANYONE, expect="<form"),
        lag_limit_s=LAG_LIMIT_S,
    )


@pytest.fixture(scope="session")
def traffic(stack: Run) -> tuple[LoadResult, ...]:
    """Pages through the gateway; then files over both links of the server, first steadily, then in alternating spikes.

    One after the other, so that a machine with two processors has enough to spare for a verdict.
    """
    lengths = LENGTHS[stack.settings.profile]
    spikes_s = lengths.gateway_s + lengths.normal_s
    return stack.load(
        _pages(stack),
        *(TimedLoad(_normal(stack, link), lengths.gateway_s) for link in SERVER_LINKS),
        *(
            TimedLoad(_spike(stack, link), spikes_s + turn * SPIKE_EVERY_S / 2)
            for turn, link in enumerate(SERVER_LINKS)
        ),
    )
