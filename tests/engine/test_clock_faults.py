"""Faults of clocks, on containers: and services made anew for them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stackproof.engine.docker.sweep import leftovers, sweep
from stackproof.engine.port import Override, RunningStack
from stackproof.faults.catalogue import check
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.engine.fault_claims import (
    assert_bites_and_heals,
    assert_healed_from_the_journal,
    assert_unseen_without_injection,
)
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
  # As a statically linked program does, these two go without the library.
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
SKEWED = ("clock_skew worker skew_s=-7200", "clock_skew web skew_s=86400")
WORKER, WEB = map(FaultSpec.parse, SKEWED)
each_fault = pytest.mark.parametrize("fault", SKEWED)


def _launched(folder: Path) -> Iterator[RunningStack]:
    file = folder / "compose.yaml"
    file.write_text(CLOCKS.format(redis=redis_image(), python=python_image()), encoding="utf-8")
    with launched(file, folder) as standing:
        yield standing


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A worker, whose health the engine checks, and a web server, whose it does not; and some that go without."""
    yield from _launched(tmp_path_factory.mktemp("clocks"))


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


def test_what_goes_without_the_c_library_is_seen_to(engine: RunningStack, journal: Journal) -> None:
    """A statically linked program has its right clock still: the evidence says so, and why."""
    with held(FaultSpec.parse("clock_skew static_web skew_s=86400"), engine, journal) as injection:
        by_date = injection.evidence()
    with held(FaultSpec.parse("clock_skew static_worker skew_s=86400"), engine, journal) as injection:
        by_library = injection.evidence()
    assert not by_date.confirmed
    assert not by_library.confirmed
    assert "sleep has not loaded libfaketime" in by_library.observed


def test_what_would_hang_is_refused_unharmed(engine: RunningStack, journal: Journal) -> None:
    """Where the library is known to hang a program, it is told before anything is done."""
    before = engine.state("store").started_at
    with (
        pytest.raises(FaultError, match="saw jemalloc"),
        held(FaultSpec.parse("clock_skew store skew_s=86400"), engine, journal),
    ):
        pass
    assert engine.state("store").started_at == before


def test_all_else_is_as_declared(engine: RunningStack, journal: Journal) -> None:
    """Altered, a service keeps its addresses and variables, and who lives in its network goes with it."""
    before = {name: engine.addresses(name) for name in ("web", "worker")}
    with held(WEB, engine, journal), held(WORKER, engine, journal):
        assert {name: engine.addresses(name) for name in before} == before
        assert engine.exec("web", ("printenv", "COLOUR")).strip() == "green"
        assert _hosts(engine, "neighbour") == _hosts(engine, "worker")
    assert _hosts(engine, "neighbour") == _hosts(engine, "worker")
    with pytest.raises(EngineError):
        engine.exec("worker", ("printenv", "FAKETIME"))


@pytest.mark.parametrize("harm", ["kill", "stop", "pause"])
def test_it_is_healed_whatever_became_of_the_service(engine: RunningStack, harm: str) -> None:
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
    """To be made anew it need not run; and it runs afterwards."""
    engine.kill("web")
    engine.recreate("web", Override({"COLOUR": "red"}))
    assert engine.exec("web", ("printenv", "COLOUR")).strip() == "red"
    engine.restore("web")
    assert engine.exec("web", ("printenv", "COLOUR")).strip() == "green"


def test_a_second_alteration_replaces_the_first(engine: RunningStack) -> None:
    """What was different is so no more, and one restore undoes all."""
    engine.recreate("web", Override({"COLOUR": "red"}))
    engine.recreate("web", Override({"SHAPE": "round"}))
    assert engine.exec("web", ("printenv", "COLOUR")).strip() == "green"
    engine.restore("web")
    with pytest.raises(EngineError):
        engine.exec("web", ("printenv", "SHAPE"))


def test_two_services_are_altered_at_once(engine: RunningStack) -> None:
    """Whoever comes second waits; neither meddles with the other."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: engine.recreate(name, Override({"COLOUR": name})), ("web", "worker")))
        assert [engine.exec(name, ("printenv", "COLOUR")).strip() for name in ("web", "worker")] == ["web", "worker"]
        list(pool.map(engine.restore, ("web", "worker")))
    assert engine.exec("web", ("printenv", "COLOUR")).strip() == "green"


def test_one_that_cannot_start_says_why(engine: RunningStack) -> None:
    """An alteration that ends the service is told with its last words, and can be undone."""
    with pytest.raises(
        EngineError, match=r"'web', recreated, .* exited with exit code 1, and its log says:(?s:.*)encodings"
    ):
        engine.recreate("web", Override({"PYTHONHOME": "/nowhere"}))
    engine.restore("web")
    assert engine.exec("web", ("printenv", "COLOUR")).strip() == "green"


def test_nothing_is_made_anew_of_what_was_swept(tmp_path: Path) -> None:
    """A heal that comes after all was removed leaves nothing behind, and does not fail."""
    for engine in _launched(tmp_path):
        bound = check(WORKER, engine.stack)
        bound.inject(engine)
        sweep(engine.run)
        bound.heal(engine)
        bound.heal(engine)
        assert not leftovers(engine.run)


def _hosts(engine: RunningStack, service: str) -> str:
    return engine.exec(service, ("cat", "/proc/net/fib_trie"))
