"""Faults of processes, and a link that goes down and comes up, on containers."""

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
from tests.engine.fault_claims import FaultClaims
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
  # A container's first process ignores SIGTERM unless it has a handler, so this one has to be killed.
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
ACTING = tuple(fault for fault in FAULTY if fault.startswith(("crash_loop", "flap")))
_DIES_HOLDING = """
import os, signal, sys
from pathlib import Path
from stackproof.engine.engines import default_engine
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
    """A Redis server behind its proxy, and a process that ignores SIGTERM."""
    folder = tmp_path_factory.mktemp("processes")
    file = folder / "compose.yaml"
    file.write_text(STORE.format(image=redis_image()), encoding="utf-8")
    with launched(file, folder) as standing:
        yield standing


class TestFaultsOfProcesses(FaultClaims):
    """They are confirmed, and healed; so is a link that goes down and comes up."""

    FAULTS = FAULTY


@pytest.mark.parametrize("fault", ACTING, ids=lambda text: text.split()[0])
def test_kill_9_of_the_harness_ends_its_background_threads(engine: RunningStack, tmp_path: Path, fault: str) -> None:
    """Nothing is killed or cut afterwards, and another process heals from its journal."""
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
def test_a_service_that_is_frozen_during_a_fault_runs_after_it(
    engine: RunningStack, journal: Journal, fault: str
) -> None:
    """A service that was started and frozen in the meantime is healed all the same."""
    with held(FaultSpec.parse(fault), engine, journal):
        engine.start("store")
        engine.pause("store")
    assert engine.state("store").status is ContainerStatus.RUNNING


def test_a_service_that_ends_within_its_grace_is_distinguished_from_one_that_is_killed(
    engine: RunningStack, journal: Journal
) -> None:
    """By the exit code that the engine reports; both have ended."""
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
    """It advances, and no start of a container is in its future."""
    before_s, after_s = engine.now_s(), engine.now_s()
    assert before_s < after_s
    evidence = check(FaultSpec.parse("restart store"), engine.stack).evidence(engine)
    assert "has run for -" not in evidence.observed
