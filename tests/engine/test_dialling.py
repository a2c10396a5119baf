"""How proxies dial: concurrently, and not for clients that have gone."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from socket import create_connection

import pytest

from stackproof.engine.port import Place, RunningStack, Shares, Side
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.machine.waiting import wait_until
from stackproof.model import FaultSpec, Link
from tests.engine.live_stacks import launched, redis_image

pytestmark = pytest.mark.engine

STACK = """
name: dialling
services:
  store:
    image: {image}
    init: true
    command: [redis-server, --port, "6379", --protected-mode, "no", --save, "", --dir, /tmp]
    networks: [front]
    expose: ["6379"]
    healthcheck: {{test: [CMD, redis-cli, ping], interval: 300ms, timeout: 5s, retries: 30}}
networks:
  front:
"""
CLIENTS = 3
SEEN_WITHIN_S = 60.0
_SYN_SENT = "02"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[RunningStack]:
    """The stack."""
    file = tmp_path / "compose.yaml"
    file.write_text(STACK.format(image=redis_image()), encoding="utf-8")
    with launched(file, tmp_path) as running:
        yield running


def _unanswered_dials(engine: RunningStack) -> int:
    table = engine.run_helper(Place("store", Side.PROXY, Shares.NETWORK), ("cat", "/proc/net/tcp"))
    return sum(line.split()[3] == _SYN_SENT for line in table.splitlines()[1:])


def _wait_for_dials(engine: RunningStack, expected: int) -> None:
    waited = wait_until(lambda: _unanswered_dials(engine), lambda seen: seen == expected, within_s=SEEN_WITHIN_S)
    assert waited.in_time, f"expected {expected} dials under way, saw {waited.seen}"


def test_clients_of_a_silent_service_do_not_hold_each_other_up(engine: RunningStack, tmp_path: Path) -> None:
    """While nothing answers, no client's dial holds up another's, and a client that gives up is not connected later.

    Otherwise a service that is back would look dead for as long as the kernel waits before it tries the first dial
    again, and would then be met by a crowd of clients that left long ago.
    """
    link = engine.entry(Link("front", "store", 6379))
    cut_off = FaultSpec.parse("loss front/store percent=100")
    with held(cut_off, engine, Journal(tmp_path / "journal.jsonl")):
        with ExitStack() as clients:
            for _ in range(CLIENTS):
                clients.enter_context(create_connection((link.host, link.port), timeout=SEEN_WITHIN_S))
            _wait_for_dials(engine, CLIENTS)
        _wait_for_dials(engine, 0)
