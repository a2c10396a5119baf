"""A stack on Docker, beyond what the conformance checks ask of every engine: helpers, limits, recreated services."""

from collections.abc import Iterator

import pytest

from stackproof.engine.docker.life.sweep import leftovers
from stackproof.engine.port import Limits, Override, Place, RunningStack, Shares, Side
from stackproof.model import ContainerStatus, EngineError
from tests.engine.live_stacks import launched, redis_image

pytestmark = pytest.mark.engine

STORE = """
name: helped
services:
  store:
    image: {image}
    init: true
    command: [redis-server, --port, "6379", --protected-mode, "no", --save, "", --dir, /tmp]
    networks: [front]
    expose: ["6379"]
    cpus: 0.5
    healthcheck: {{test: [CMD, redis-cli, ping], interval: 300ms, timeout: 5s, retries: 30}}
networks:
  front:
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A Redis server behind its proxy."""
    folder = tmp_path_factory.mktemp("helped")
    file = folder / "compose.yaml"
    file.write_text(STORE.format(image=redis_image()), encoding="utf-8")
    with launched(file, folder) as running:
        yield running


@pytest.mark.parametrize("side", Side)
def test_a_helper_shares_the_network_of_its_container(engine: RunningStack, side: Side) -> None:
    """It has the very addresses that the engine reports of that container."""
    here = {each.host for each in engine.addresses("store") if each.side is side}
    seen = engine.run_helper(Place("store", side), ("ip", "-oneline", "-4", "address"))
    assert here
    assert all(f" {host}/" in seen for host in here)


def test_a_helper_sees_the_processes_and_files_of_the_service(engine: RunningStack) -> None:
    """Given the capability, it reads the service's own file system."""
    place = Place("store", shares=Shares.PROCESSES, capabilities=("SYS_PTRACE", "DAC_READ_SEARCH"))
    assert "redis-server" in engine.run_helper(place, ("cat", "/proc/1/cmdline"))
    assert "redis-cli" in engine.run_helper(place, ("ls", "/proc/1/root/usr/bin"))


def test_all_output_of_a_helper_is_returned(engine: RunningStack) -> None:
    """However much it is, of both of its streams, though it gets no input."""
    output = engine.run_helper(Place("store"), ("sh", "-c", "seq 100000; echo last >&2; cat"))
    assert output.split() == [*map(str, range(1, 100_001)), "last"]
    assert engine.run_helper(Place("store"), ("true",)) == ""


def test_a_helper_that_cannot_run_is_an_error(engine: RunningStack) -> None:
    """It names a program that its image lacks."""
    with pytest.raises(EngineError, match=r"ended with 127: .*no-such-program: not found"):
        engine.run_helper(Place("store"), ("no-such-program",))


def test_a_helper_that_was_swept_is_an_error(engine: RunningStack) -> None:
    """Half of its output is not taken for all of it."""
    killing = ("sh", "-c", "echo half; kill -9 $PPID")
    with pytest.raises(EngineError, match=r"ended with 137: half"):
        engine.run_helper(Place("store", shares=Shares.PROCESSES, capabilities=("KILL",)), killing)


def test_a_failed_command_is_an_error_with_its_output(engine: RunningStack) -> None:
    """The error says why it failed."""
    with pytest.raises(EngineError, match=r"ended with 3: no luck"):
        engine.run_helper(Place("store"), ("sh", "-c", "echo no luck; exit 3"))


def test_a_helper_that_hangs_is_ended(engine: RunningStack) -> None:
    """No fault waits for ever."""
    with pytest.raises(EngineError, match=r"had not ended after 0\.5 s"):
        engine.run_helper(Place("store"), ("sleep", "600"), timeout_s=0.5)


def test_a_helper_runs_until_it_is_removed(engine: RunningStack) -> None:
    """It is found by its name; removing it twice is fine, and it counts as the run's."""
    before = len(leftovers(engine.run).containers)
    engine.start_helper(Place("store"), "sleeper", ("sleep", "infinity"))
    engine.start_helper(Place("store"), "sleeper", ("sleep", "infinity"))
    assert len(leftovers(engine.run).containers) == before + 1
    engine.remove_helper("store", "sleeper")
    engine.remove_helper("store", "sleeper")
    assert len(leftovers(engine.run).containers) == before


@pytest.mark.parametrize("limits", [Limits(0.25, 128 * 2**20), Limits(0.1, None)])
def test_limits_are_set_and_given_back(engine: RunningStack, limits: Limits) -> None:
    """A service may use what was set, and then what is declared."""
    engine.limit("store", limits)
    assert engine.limits("store") == limits
    assert engine.declared_limits("store") == Limits(0.5, None)
    engine.limit("store", engine.declared_limits("store"))
    assert engine.limits("store") == Limits(0.5, None)


def test_a_command_in_a_service_has_a_deadline(engine: RunningStack) -> None:
    """A command that hangs in a service does not hang the harness."""
    with pytest.raises(EngineError, match=r"did not end within"):
        engine.exec("store", ("sleep", "600"), timeout_s=0.5)


def test_a_service_is_recreated_with_something_different_and_back(engine: RunningStack) -> None:
    """It has what is different, at its old address; restored, it is as declared."""
    before = engine.addresses("store")
    engine.recreate("store", Override({"COLOUR": "green"}, library="/opt/faketime"))
    assert engine.exec("store", ("printenv", "COLOUR")).strip() == "green"
    assert "libfaketime" in engine.exec("store", ("ls", "/opt/faketime"))
    assert engine.addresses("store") == before
    engine.restore("store")
    engine.restore("store")
    with pytest.raises(EngineError):
        engine.exec("store", ("printenv", "COLOUR"))


def test_a_stopped_service_ends_in_good_order(engine: RunningStack) -> None:
    """It gets its own stop signal; stopping it twice does nothing more."""
    engine.stop("store")
    engine.stop("store")
    assert engine.state("store").status is ContainerStatus.EXITED
    assert engine.state("store").exit_code == 0
    engine.start("store")
    assert engine.state("store").status is ContainerStatus.RUNNING
