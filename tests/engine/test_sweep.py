import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from docker.errors import NotFound

from stackproof.engine.docker.life.sweep import leftovers, runs, sweep
from stackproof.engine.port import Leftovers
from stackproof.model import EngineError
from tests.engine.labelled import Workshop

pytestmark = pytest.mark.engine


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Workshop]:
    """Creates objects of one run, and leaves none behind."""
    workshop = Workshop(f"test-{uuid.uuid4().hex[:12]}", tmp_path)
    yield workshop
    sweep(workshop.run)
    workshop.close()


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Workshop]:
    """Creates objects without our label; each test removes its own."""
    workshop = Workshop(None, tmp_path)
    yield workshop
    workshop.close()


def test_everything_of_a_run_is_removed_in_whatever_state(ours: Workshop, tmp_path: Path) -> None:
    """Running, frozen, ended and never started containers, networks and volumes: a sweep leaves none."""
    network = ours.network(f"{ours.run}-net")
    ours.container(network)
    ours.container(network).pause()
    ours.container(command=("true",))
    ours.created(network)
    ours.volume()
    before = leftovers(ours.run)
    assert (len(before.containers), len(before.networks), len(before.volumes)) == (4, 1, 1)
    assert runs()[str(ours.run)] == tmp_path
    assert sweep(ours.run) == before
    assert leftovers(ours.run) == Leftovers()


def test_a_second_sweep_removes_nothing(ours: Workshop) -> None:
    """It returns that nothing was left."""
    ours.volume()
    sweep(ours.run)
    assert not sweep(ours.run)


def test_what_is_not_of_the_run_stays(ours: Workshop, theirs: Workshop, tmp_path: Path) -> None:
    """Objects without our label, and those of another run, are not touched."""
    neighbour = Workshop(f"{ours.run}-neighbour", tmp_path)
    volume = neighbour.volume()
    foreign = theirs.container()
    foreign_volume = theirs.volume()
    ours.container()
    try:
        sweep(ours.run)
        foreign.reload()
        foreign_volume.reload()
        volume.reload()
        assert foreign.status == "running"
    finally:
        foreign.remove(force=True)
        foreign_volume.remove()
        sweep(neighbour.run)
        neighbour.close()


def test_a_network_that_a_foreign_container_uses_is_named(ours: Workshop, theirs: Workshop) -> None:
    """The sweep fails after its deadline, and leaves the foreign container alone."""
    network = ours.network(f"{ours.run}-net")
    foreign = theirs.container(network)
    try:
        with pytest.raises(EngineError, match=f"saw network {network.name}: .*active endpoints"):
            sweep(ours.run, deadline_s=0.5)
        foreign.reload()
        assert foreign.status == "running"
    finally:
        foreign.remove(force=True)


def test_concurrent_sweeps_do_not_disturb_each_other(ours: Workshop) -> None:
    """What another sweep, or the engine, removes first is not an error."""
    network = ours.network(f"{ours.run}-net")
    for _ in range(4):
        ours.container(network)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(sweep, [ours.run] * 3))
    assert not leftovers(ours.run)


def test_what_an_orphan_still_creates_is_removed_too(ours: Workshop) -> None:
    """While something goes on creating, the sweep goes on removing, until nothing appeared for a while."""
    stop_at = time.monotonic() + 2
    orphan = threading.Thread(target=keep_creating, args=(ours, stop_at))
    orphan.start()
    sweep(ours.run, quiet_s=2.0)
    orphan.join()
    assert time.monotonic() >= stop_at + 2
    assert not leftovers(ours.run)


def keep_creating(workshop: Workshop, stop_at: float) -> None:
    """Create containers until a moment, whatever becomes of them."""
    while time.monotonic() < stop_at:
        try:
            workshop.container()
        except NotFound:
            continue  # it was removed between creation and start
        workshop.volume()
