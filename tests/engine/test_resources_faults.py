"""Faults of resources on containers: processor time, memory, files, connections, and space and speed of disks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.port import RunningStack
from stackproof.faults.catalogue import check
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.machine.waiting import wait_until
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.engine.fault_claims import FaultClaims
from tests.engine.live_stacks import launched, prepared, redis_image

pytestmark = pytest.mark.engine

STACK = """
name: resources
services:
  store:
    image: {image}
    init: true
    user: redis
    command: [redis-server, --port, "6379", --protected-mode, "no", --save, "", --appendonly, "yes",
              --dir, /var/lib/redis]
    networks: [front]
    expose: ["6379"]
    volumes: [kept:/var/lib/redis, plain:/plain]
    tmpfs: ["/tmp:size=8m"]
    cpus: 0.5
    mem_limit: 96m
    restart: always
    healthcheck: {{test: [CMD, redis-cli, ping], interval: 300ms, timeout: 5s, retries: 30}}
    x-stackproof: {{probes: {{ping: "tcp://:6379?send=PING%0D%0A&expect=PONG"}}}}
networks:
  front:
volumes:
  kept: {{x-stackproof: {{capacity: 64m}}}}
  plain:
"""
FAULTY = (
    "cpu store percent=10",
    "memory store limit_mb=48",
    "memory_hog store percent=75",
    "oom store",
    "descriptors store leave=3",
    "connections front/store:6379 count=50",
    "full_disk store:/var/lib/redis",
    "full_disk store:/tmp leave_kb=64",
    "slow_disk store:/var/lib/redis write_kb_per_s=1024",
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A Redis server behind its proxy, with a small disk, an ordinary volume and a tmpfs."""
    folder = tmp_path_factory.mktemp("resources")
    file = folder / "compose.yaml"
    file.write_text(STACK.format(image=redis_image()), encoding="utf-8")
    with launched(file, folder) as standing:
        yield standing


class TestFaultsOfResources(FaultClaims):
    """They are confirmed, and healed."""

    FAULTS = FAULTY


def test_a_full_disk_is_freed_after_its_service_has_ended(engine: RunningStack, journal: Journal) -> None:
    """If the service was killed on its full disk, the heal frees the space that it needs to start again."""
    with held(FaultSpec.parse("full_disk store:/var/lib/redis"), engine, journal):
        engine.kill("store")
    engine.start("store")
    assert not check(FaultSpec.parse("full_disk store:/var/lib/redis"), engine.stack).evidence(engine).confirmed


def test_space_that_is_freed_in_the_meantime_is_taken_too(engine: RunningStack, journal: Journal) -> None:
    """A small file that is open while the disk is filled, and removed later, leaves no space for the next one."""
    folder, small = "/var/lib/redis", "dd if=/dev/zero of=/var/lib/redis/small bs=4096 count=1 conv=fsync"
    removed_then = f"{small} && (until [ -s {folder}/.stackproof-full-disk ]; do :; done; rm {folder}/small) >&- 2>&- &"
    engine.exec("store", ("sh", "-c", removed_then))
    with held(FaultSpec.parse(f"full_disk store:{folder}"), engine, journal):
        assert "small" not in engine.exec("store", ("ls", folder)).split()
        with pytest.raises(EngineError, match="No space left on device"):
            engine.exec("store", ("sh", "-c", small))
    engine.exec("store", ("rm", f"{folder}/small"))


def test_what_was_written_to_a_small_disk_survives_a_kill(engine: RunningStack) -> None:
    """A volume with a capacity keeps its files like any other, even if all containers that use it are killed."""
    engine.exec("store", ("sh", "-c", "echo kept >/var/lib/redis/kept"))
    engine.kill("store")
    engine.start("store")
    assert engine.exec("store", ("cat", "/var/lib/redis/kept")).strip() == "kept"


def test_a_small_disk_has_the_owner_that_the_image_declares(engine: RunningStack) -> None:
    """A service that is not root can write to its volume, as to an ordinary one."""
    assert engine.exec("store", ("stat", "-c", "%U %a", "/var/lib/redis")).strip() == "redis 700"


def test_a_small_disk_is_full_when_its_capacity_is_used_up(engine: RunningStack) -> None:
    """There is no space beyond the capacity."""
    with pytest.raises(EngineError, match="No space left on device"):
        engine.exec("store", ("dd", "if=/dev/zero", "of=/var/lib/redis/big", "bs=1M", "count=65", "status=none"))
    engine.exec("store", ("rm", "/var/lib/redis/big"))


@pytest.mark.parametrize("path", ["/plain", "/opt"])
def test_the_machines_own_disk_is_never_filled(engine: RunningStack, journal: Journal, path: str) -> None:
    """Neither through an ordinary volume nor through a container's own files; the error says what to do."""
    spec = FaultSpec.parse(f"full_disk store:{path}")
    with pytest.raises(FaultError, match=r"engine's own disk.*\n.*capacity"), held(spec, engine, journal):
        pass


@pytest.mark.parametrize("path", ["/opt", "/tmp"])  # noqa: S108 - in a container
def test_a_folder_that_is_not_on_a_disk_is_not_slowed_down(engine: RunningStack, journal: Journal, path: str) -> None:
    """If the kernel has no disk to limit, the error says so."""
    spec = FaultSpec.parse(f"slow_disk store:{path} write_kb_per_s=64")
    with pytest.raises(FaultError, match="expected a file system on a disk"), held(spec, engine, journal):
        pass


@pytest.mark.parametrize("fault", ["full_disk store:/nowhere", "slow_disk store:/nowhere write_kb_per_s=64"])
def test_a_folder_that_does_not_exist_is_an_error(engine: RunningStack, journal: Journal, fault: str) -> None:
    """A mistyped path leaves nothing to heal."""
    spec = FaultSpec.parse(fault)
    with pytest.raises(FaultError, match="expected /nowhere to be a folder"), held(spec, engine, journal):
        pass
    assert journal.unhealed() == ()


def test_a_limit_below_the_memory_in_use_is_refused_with_that_amount(engine: RunningStack, journal: Journal) -> None:
    """A fault that would make the kernel kill the service is not injected."""
    spec = FaultSpec.parse("memory store limit_mb=6")
    with pytest.raises(FaultError, match=r"uses, which is \d+\.\d MiB"), held(spec, engine, journal):
        pass
    assert engine.limits("store") == engine.declared_limits("store")


def test_nothing_is_left_of_a_small_disk(tmp_path: Path) -> None:
    """After the sweep, the kernel has released the file of the disk."""
    file = tmp_path / "compose.yaml"
    file.write_text(STACK.format(image=redis_image()), encoding="utf-8")
    with prepared(file, tmp_path) as launch:
        launch.start()
        text = (launch.wanted.folder / "compose.yaml").read_text(encoding="utf-8")
        device = ComposeFile.model_validate_json(text).volumes["kept"].driver_opts["device"]
        backing = Path("/sys/block") / Path(device).name / "loop" / "backing_file"
        if not backing.exists():
            pytest.skip("the engine runs on another machine")
    assert wait_until(lambda: not backing.exists(), within_s=10).in_time
