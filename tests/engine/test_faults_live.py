"""Faults of links, and simple ones of processes, on containers, entered as traffic enters them."""

from collections.abc import Iterator

import pytest

from stackproof.engine.port import RunningStack
from tests.engine.fault_claims import FaultClaims
from tests.engine.live_stacks import launched, redis_image

pytestmark = pytest.mark.engine

STORE = """
name: faulty
services:
  store:
    image: {image}
    init: true
    command: [redis-server, --port, "6379", --protected-mode, "no", --save, "", --dir, /tmp]
    networks: [front]
    expose: ["6379"]
    restart: always
    healthcheck: {{test: [CMD, redis-cli, ping], interval: 300ms, timeout: 5s, retries: 30}}
    x-stackproof: {{probes: {{ping: "tcp://:6379?send=PING%0D%0A&expect=PONG"}}}}
networks:
  front:
"""
FAULTY = (
    "latency front/store:6379 latency_ms=150",
    "bandwidth front/store:6379 rate_kbps=32",
    "timeout front/store:6379",
    "slow_close front/store:6379 delay_ms=300",
    "slicer front/store:6379 average_bytes=20 delay_us=2000",
    "limit_data front/store:6379 limit_bytes=100",
    "reset_peer front/store:6379",
    "down front/store:6379",
    "kill store",
    "freeze store",
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A Redis server behind its proxy."""
    folder = tmp_path_factory.mktemp("faulty")
    file = folder / "compose.yaml"
    file.write_text(STORE.format(image=redis_image()), encoding="utf-8")
    with launched(file, folder) as standing:
        yield standing


class TestFaultsOfLinksAndProcesses(FaultClaims):
    """They are confirmed, and healed."""

    FAULTS = FAULTY
