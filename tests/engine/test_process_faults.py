"""Faults of processes, and a link that comes and goes, on containers."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackproof.engine.port import RunningStack
from stackproof.faults.catalogue import check
from stackproof.faults.injection import heal_all, held
from stackproof.faults.journal import Journal
from stackproof.model import ContainerStatus, FaultSpec
from tests.engine.fault_claims import (
    assert_bites_and_heals,
    assert_healed_from_the_journal,
    assert_unseen_without_injection,
)
from tests.engine.live_stacks import launched, redis_image

pytestmark = pytest.mark.engine

STORE = """
name: processes
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
  # Without a handler a first process of a container ignores SIGTERM, and so it has to be killed.
  stubborn:
    image: {image}
    command: [sleep, infinity]
    networks: [front]
    restart: always
networks:
  front:
"""
FAULTY = (
    "terminate store",
    "restart store",
    "crash_loop store every_ms=200",
    "flap front/store:6379 up_ms=200 down_ms=200 seed=3",
)
each_fault = pytest.mark.parametrize("fault", FAULTY, ids=lambda text: text.split()[0])
ACTING = tuple(fault for fault in FAULTY if fault.startswith(("crash_loop", "flap")))
_DIES_HOLDING = """
import os, signal, sys
from pathlib import Path
from stackproof.engine import default_engine
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.model import FaultSpec

engine = default_engine().find(Path(sys.argv[1]))
with held(FaultSpec.parse(sys.argv[3]), engine, Journal(Path(sys.argv[2]))) as injection:
    evidence = injection.evidence()
    print(evidence.confirmed, evidence.observed, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A Redis server behind its proxy, and a process that does not heed signals."""
    folder = tmp_path_factory.mktemp("processes")
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


@pytest.mark.parametrize("fault", ACTING, ids=lambda text: text.split()[0])
def test_kill_9_of_the_harness_ends_what_acts_for_it(engine: RunningStack, tmp_path: Path, fault: str) -> None:
    """Nothing kills or cuts on after it, and from the journal that it left another process puts things right."""
    file = tmp_path / "journal.jsonl"
    command = [sys.executable, "-c", _DIES_HOLDING, str(engine.folder), str(file), fault]
    died = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert died.returncode == -9, died.stderr
    assert died.stdout.startswith("True "), died.stdout
    assert not check(FaultSpec.parse(fault), engine.stack).evidence(engine).confirmed
    assert heal_all(engine, Journal(file)) == (FaultSpec.parse(fault),)
    assert engine.state("store").status is ContainerStatus.RUNNING
    assert not engine.link(engine.stack.link("front/store:6379")).is_cut()


@pytest.mark.parametrize("fault", ["terminate store", "restart store", "kill store"], ids=lambda text: text.split()[0])
def test_what_is_frozen_while_a_fault_holds_runs_after_it(engine: RunningStack, journal: Journal, fault: str) -> None:
    """A service that somebody started and froze meanwhile is in the way of no heal."""
    with held(FaultSpec.parse(fault), engine, journal):
        engine.start("store")
        engine.pause("store")
    assert engine.state("store").status is ContainerStatus.RUNNING


def test_a_service_that_ends_in_its_grace_is_told_from_one_that_has_to_be_killed(
    engine: RunningStack, journal: Journal
) -> None:
    """The exit code is the engine's word on it, and both have ended."""
    with held(FaultSpec.parse("terminate store"), engine, journal) as injection:
        willing = injection.evidence()
    with held(FaultSpec.parse("terminate stubborn grace_s=1"), engine, journal) as injection:
        stubborn = injection.evidence()
    assert willing.confirmed
    assert "exited with code 0" in willing.observed
    assert stubborn.confirmed
    assert "exited with code 137" in stubborn.observed
    assert "did not end by itself in time" in stubborn.observed


def test_the_engine_has_a_clock_of_its_own(engine: RunningStack) -> None:
    """It goes on, and is that of a container's start: no start is in its future."""
    before_s, after_s = engine.now_s(), engine.now_s()
    assert before_s < after_s
    evidence = check(FaultSpec.parse("restart store"), engine.stack).evidence(engine)
    assert "has run for -" not in evidence.observed
