"""The load under which service levels are judged: sent once, judged by every test of the suite."""

from dataclasses import dataclass

import pytest

from stackproof.judge import Profile
from stackproof.protocols.http.request import HttpRequest, Trust
from stackproof.protocols.mime.upload import Upload
from stackproof.run.loads import TimedLoad
from stackproof.run.run import Run
from stackproof.workload import Constant, LoadPlan, LoadResult, Schedule, Spike

GATEWAY = "public_net/gateway:443"
SERVER_LINKS = ("public_net/mime-server:65432", "private_net/mime-server:65432")

# The promise is made for 1 file/s, with spikes of 10/s. At that rate 2995 requests, which prove "< 0.1 %", would take
# 50 minutes: time runs 10 times faster, so the server does 10 times the work that was promised, on each of its links.
FASTER = 10.0
NORMAL_PER_S = 1.0 * FASTER
SPIKE_PER_S = 10.0 * FASTER
SPIKE_EVERY_S = 10.0
SPIKE_FOR_S = 5.0
GATEWAY_PER_S = 110.0
# A load kept up where its own lag is no more than a twentieth of the latency that is promised.
LAG_LIMIT_S = 0.05


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
    target, upload = f"mime://{stack.entry(link)}", Upload(size_bytes=4096)
    return LoadPlan(target, schedule, stream, upload=upload, lag_limit_s=LAG_LIMIT_S)


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
    """Pages over the gateway; then files over both links of the server, as normal, and in spikes by turns.

    One after the other, so that a machine of two processors has the power to spare that a verdict needs.
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
