import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from docker.errors import NotFound

from stackproof.engine.docker.sweep import Leftovers, leftovers, runs_of_ours, sweep
from stackproof.model import EngineError
from tests.engine.labelled import Workshop

pytestmark = pytest.mark.engine


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Workshop]:
    """Makes objects of one run, and leaves none behind."""
    workshop = Workshop(f"test-{uuid.uuid4().hex[:12]}", tmp_path)
    yield workshop
    sweep(workshop.run)
    workshop.close()


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Workshop]:
    """Makes objects that carry no label of ours; each test removes its own."""
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
    assert runs_of_ours()[str(ours.run)] == tmp_path
    assert sweep(ours.run) == before
    assert leftovers(ours.run) == Leftovers()


def test_a_second_sweep_finds_nothing_and_says_so(ours: Workshop) -> None:
    """Sweeping what was swept does nothing."""
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


def test_a_network_that_a_stranger_uses_is_named_and_the_stranger_left_alone(ours: Workshop, theirs: Workshop) -> None:
    """Where another's container sits in our network, the sweep says so after its bound, and does not throw it out."""
    network = ours.network(f"{ours.run}-net")
    foreign = theirs.container(network)
    try:
        with pytest.raises(EngineError, match=f"saw network {network.name}: .*active endpoints"):
            sweep(ours.run, deadline_s=0.5)
        foreign.reload()
        assert foreign.status == "running"
    finally:
        foreign.remove(force=True)


def test_sweeps_at_the_same_time_do_not_hinder_each_other(ours: Workshop) -> None:
    """What another sweep, or the engine, removes first is removed: no error."""
    network = ours.network(f"{ours.run}-net")
    for _ in range(4):
        ours.container(network)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(sweep, [ours.run] * 3))
    assert not leftovers(ours.run)


def test_what_an_orphan_still_creates_is_removed_too(ours: Workshop) -> None:
    """While somebody goes on creating, the sweep goes on removing, until it was quiet for a while."""
    stop_at = time.monotonic() + 2
    orphan = threading.Thread(target=keep_creating, args=(ours, stop_at))
    orphan.start()
    sweep(ours.run, quiet_s=2.0)
    orphan.join()
    assert time.monotonic() >= stop_at + 2
    assert not leftovers(ours.run)


def keep_creating(workshop: Workshop, stop_at: float) -> None:
    """Make containers until a moment, whatever becomes of them."""
    while time.monotonic() < stop_at:
        try:
            workshop.container()
        except NotFound:
            continue  # it was removed between creation and start
        workshop.volume()
