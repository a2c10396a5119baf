"""Faults of links, and the plain ones of processes, on containers, through the gates that traffic takes."""

from collections.abc import Iterator

import pytest

from stackproof.engine.port import RunningStack
from stackproof.faults.journal import Journal
from tests.engine.fault_claims import (
    assert_bites_and_heals,
    assert_healed_from_the_journal,
    assert_unseen_without_injection,
)
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
each_fault = pytest.mark.parametrize("fault", FAULTY, ids=lambda text: text.split()[0])


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A Redis server behind its proxy."""
    folder = tmp_path_factory.mktemp("faulty")
    file = folder / "compose.yaml"
    file.write_text(STORE.format(image=redis_image()), encoding="utf-8")
    with launched(file, folder) as standing:
        yield standing


@each_fault
def test_a_fault_bites_and_heals(engine: RunningStack, journal: Journal, fault: str) -> None:
    """On containers every fault is shown to bite; healed, it is shown no more."""
    assert_bites_and_heals(engine, journal, fault)


@each_fault
def test_a_fault_that_was_not_injected_is_not_seen(
    engine: RunningStack, journal: Journal, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """With an injector that does nothing, the evidence says so."""
    assert_unseen_without_injection(engine, journal, monkeypatch, fault)


@each_fault
def test_another_process_heals_what_a_dead_one_left(engine: RunningStack, journal: Journal, fault: str) -> None:
    """From the journal's text alone, with nothing else remembered, the fault is undone; a second time does nothing."""
    assert_healed_from_the_journal(engine, journal, fault)
