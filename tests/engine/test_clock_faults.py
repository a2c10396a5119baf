"""Faults of clocks on containers, and services that are recreated for them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stackproof.engine.docker.life.sweep import leftovers, sweep
from stackproof.engine.port import Override, RunningStack
from stackproof.faults.catalogue import check
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.engine.fault_claims import FaultClaims
from tests.engine.live_stacks import launched, python_image, redis_image

pytestmark = pytest.mark.engine

CLOCKS = """
name: clocks
x-python: &python
  image: {python}
  read_only: true
  init: true
  stop_grace_period: 1s
services:
  web:
    <<: *python
    networks: [front]
    init: false
    environment: {{COLOUR: green}}
    command: [python3, -m, http.server, "8000", --directory, /srv]
    x-stackproof: {{probes: {{liveness: "http://:8000/"}}}}
  worker:
    <<: *python
    networks: [front]
    command: [python3, -c, "while True: __import__('time').sleep(0.2)"]
    healthcheck: {{test: [CMD, test, -d, /srv], interval: 300ms, timeout: 5s, retries: 30}}
  neighbour:
    <<: *python
    command: [sleep, infinity]
    network_mode: service:worker
  # Like statically linked programs, these two do not load the library.
  static_web:
    <<: *python
    networks: [front]
    command: [env, --unset=LD_PRELOAD, python3, -m, http.server, "8000", --directory, /srv]
    expose: ["8000"]
  static_worker:
    <<: *python
    networks: [front]
    command: [env, --unset=LD_PRELOAD, sleep, infinity]
  # Debian's Redis has jemalloc.
  store:
    image: {redis}
    networks: [front]
    command: [redis-server, --protected-mode, "no", --save, "", --dir, /tmp]
networks:
  front:
"""
FAULTY = ("clock_skew worker skew_s=-7200", "clock_skew web skew_s=86400")
WORKER, WEB = map(FaultSpec.parse, FAULTY)


def _launched(folder: Path) -> Iterator[RunningStack]:
    file = folder / "compose.yaml"
    file.write_text(CLOCKS.format(redis=redis_image(), python=python_image()), encoding="utf-8")
    with launched(file, folder) as standing:
        yield standing


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A worker with a health check, and a web server without one; and some that do not load the library."""
    yield from _launched(tmp_path_factory.mktemp("clocks"))


class TestFaultsOfClocks(FaultClaims):
    """They are confirmed, and healed."""

    FAULTS = FAULTY


def test_a_program_without_the_c_library_is_not_confirmed(engine: RunningStack, journal: Journal) -> None:
    """A statically linked program still has the right clock: the evidence says so, and why."""
    with held(FaultSpec.parse("clock_skew static_web skew_s=86400"), engine, journal) as injection:
        by_date = injection.evidence()
    with held(FaultSpec.parse("clock_skew static_worker skew_s=86400"), engine, journal) as injection:
        by_library = injection.evidence()
    assert not by_date.confirmed
    assert not by_library.confirmed
    assert "sleep has not loaded libfaketime" in by_library.observed


def test_a_program_that_would_hang_is_refused_and_unharmed(engine: RunningStack, journal: Journal) -> None:
    """If the library is known to hang a program, the fault is refused before anything is done."""
    before = engine.state("store").started_at
    with (
        pytest.raises(FaultError, match="saw jemalloc"),
        held(FaultSpec.parse("clock_skew store skew_s=86400"), engine, journal),
    ):
        pass
    assert engine.state("store").started_at == before


def test_everything_else_is_as_declared(engine: RunningStack, journal: Journal) -> None:
    """An altered service keeps its addresses and variables, and one that shares its network is recreated with it."""
    before = {name: engine.addresses(name) for name in ("web", "worker")}
    with held(WEB, engine, journal), held(WORKER, engine, journal):
        assert {name: engine.addresses(name) for name in before} == before
        assert engine.exec("web", ("printenv", "COLOUR")).strip() == "green"
        assert _hosts(engine, "neighbour") == _hosts(engine, "worker")
    assert _hosts(engine, "neighbour") == _hosts(engine, "worker")
    with pytest.raises(EngineError):
        engine.exec("worker", ("printenv", "FAKETIME"))


@pytest.mark.parametrize("harm", ["kill", "stop", "pause"])
def test_it_is_healed_whatever_happened_to_the_service(engine: RunningStack, harm: str) -> None:
    """Killed, stopped or frozen while altered, it runs as declared after the heal."""
    bound = check(WORKER, engine.stack)
    bound.inject(engine)
    getattr(engine, harm)("worker")
    assert not (harm != "pause" and bound.evidence(engine).confirmed)
    bound.heal(engine)
    bound.heal(engine)
    assert engine.state("worker").word == "healthy"
    assert not bound.evidence(engine).confirmed


def test_an_ended_service_is_altered_and_started(engine: RunningStack) -> None:
    """It does not have to run, and runs afterwards."""
    engine.kill("web")
    engine.recreate("web", Override({"COLOUR": "red"}))
    assert engine.exec("web", ("printenv", "COLOUR")).strip() == "red"
    engine.restore("web")
    assert engine.exec("web", ("printenv", "COLOUR")).strip() == "green"


def test_a_second_alteration_replaces_the_first(engine: RunningStack) -> None:
    """The first one is undone, and one restore undoes both."""
    engine.recreate("web", Override({"COLOUR": "red"}))
    engine.recreate("web", Override({"SHAPE": "round"}))
    assert engine.exec("web", ("printenv", "COLOUR")).strip() == "green"
    engine.restore("web")
    with pytest.raises(EngineError):
        engine.exec("web", ("printenv", "SHAPE"))


def test_two_services_are_altered_at_the_same_time(engine: RunningStack) -> None:
    """The second one waits; neither affects the other."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: engine.recreate(name, Override({"COLOUR": name})), ("web", "worker")))
        assert [engine.exec(name, ("printenv", "COLOUR")).strip() for name in ("web", "worker")] == ["web", "worker"]
        list(pool.map(engine.restore, ("web", "worker")))
    assert engine.exec("web", ("printenv", "COLOUR")).strip() == "green"


def test_an_alteration_that_ends_the_service_gives_the_reason(engine: RunningStack) -> None:
    """The error has the service's last output, and the alteration can be undone."""
    with pytest.raises(
        EngineError, match=r"'web', recreated, .* exited with exit code 1, and its log says:(?s:.*)encodings"
    ):
        engine.recreate("web", Override({"PYTHONHOME": "/nowhere"}))
    engine.restore("web")
    assert engine.exec("web", ("printenv", "COLOUR")).strip() == "green"


def test_nothing_is_recreated_after_a_sweep(tmp_path: Path) -> None:
    """A heal after everything was removed leaves nothing behind, and does not fail."""
    for engine in _launched(tmp_path):
        bound = check(WORKER, engine.stack)
        bound.inject(engine)
        sweep(engine.run)
        bound.heal(engine)
        bound.heal(engine)
        assert not leftovers(engine.run)


def _hosts(engine: RunningStack, service: str) -> str:
    return engine.exec(service, ("cat", "/proc/net/fib_trie"))
