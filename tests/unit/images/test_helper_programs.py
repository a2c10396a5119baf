"""The programs in the helpers' image: what can be tested without a container."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.images.faults import counters, descriptors, disks, paths, reach, throttle

MOUNTS = """1 0 0:50 / / rw,relatime - overlay overlay rw
2 1 7:0 / /var/lib/store rw - ext4 /dev/loop0 rw
3 1 0:60 / /var/lib rw - tmpfs tmpfs rw
4 1 0:61 / /with\\040blank rw shared:1 - xfs /dev/x rw
5 2 0:62 / /var/lib/store rw - btrfs /dev/y rw
"""
SOCKETS = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 268089 1 0 100 0 0 10 0
   1: 0B00007F:A381 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 267880 1 0 100 0 0 10 0
   2: 0280960A:B31C 0680960A:1389 06 00000000:00000000 03:00000AD4 00000000     0        0 0 3 0
   3: 00000000000000000000000000000000:2385 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 0
   4: 00000000000000000000000001000000:2386 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 0
   5: 0000000000000000FFFF00000100007F:2387 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 0
"""
ROUTES = """Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0180960A	0003	0	0	0	00000000	0	0	0
eth0	0080960A	00000000	0001	0	0	0	00FFFFFF	0	0	0
"""
V1_GROUPS = "7:blkio:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/x\n0::/docker/abc\n"
V2_GROUPS = "0::/system.slice/docker-abc.scope\n"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/opt", "overlay"),
        ("/var/lib/store/deep", "btrfs"),  # the last one mounted there hides the others
        ("/var/lib/storehouse", "tmpfs"),
        ("/with blank", "xfs"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_its_closest_mount(path: str, kind: str) -> None:
    """As the kernel resolves it."""
    assert paths.file_system(MOUNTS, path) == kind


@given(st.sets(st.integers(0, 40)), st.integers(0, 20))
def test_a_limit_leaves_exactly_so_many_descriptors_free(taken: set[int], leave: int) -> None:
    """Whatever the numbers of open files: new ones get the lowest free numbers."""
    limit = descriptors.limit_for(taken, leave)
    assert len(set(range(limit)) - taken) == leave
    assert limit not in taken


@pytest.mark.parametrize(
    ("groups", "file", "line"),
    [
        (V1_GROUPS, "blkio/docker/abc/blkio.throttle.write_bps_device", "7:0 4096"),
        (V2_GROUPS, "system.slice/docker-abc.scope/io.max", "7:0 wbps=4096"),
    ],
)
def test_writes_are_limited_in_either_version_of_control_groups(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, groups: str, file: str, line: str
) -> None:
    """In the kernel's format, in the container's own group; without the file the message says what is missing."""
    monkeypatch.setattr(throttle, "GROUPS", tmp_path)
    monkeypatch.setattr(throttle, "OF_THE_FIRST", tmp_path / "cgroup")
    (tmp_path / "cgroup").write_text(groups, encoding="ascii")
    with pytest.raises(SystemExit, match=rf"there is no {Path(file).name}"):
        throttle.main("7:0", 4096)
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).touch()
    throttle.main("7:0", 4096)
    assert (tmp_path / file).read_text(encoding="ascii") == line


def test_no_limit_is_written_differently_in_each_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """0 removes it in version 1, and ``max`` in version 2."""
    monkeypatch.setattr(throttle, "OF_THE_FIRST", tmp_path / "cgroup")
    for groups, line in ((V1_GROUPS, "7:0 0"), (V2_GROUPS, "7:0 wbps=max")):
        (tmp_path / "cgroup").write_text(groups, encoding="ascii")
        assert throttle.where("7:0", 0)[1] == line


def test_counters_of_version_1_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From a group's own files, in microseconds and bytes; what a kernel does not count is 0."""
    monkeypatch.setattr(counters, "ROOT", tmp_path)
    for folder in ("memory", "cpu", "cpuacct"):
        (tmp_path / folder).mkdir()
    (tmp_path / "memory" / "memory.usage_in_bytes").write_text("1000\n")
    (tmp_path / "memory" / "memory.stat").write_text("total_rss 300\ntotal_shmem 100\nrss 5\n")
    (tmp_path / "cpu" / "cpu.stat").write_text("nr_periods 7\nnr_throttled 3\nthrottled_time 9\n")
    (tmp_path / "cpuacct" / "cpuacct.usage").write_text("5000000\n")
    assert counters.first() == {
        "memory_used_bytes": 1000,
        "memory_kept_bytes": 400,
        "oom_kills": 0,
        "cpu_used_us": 5000,
        "cpu_periods": 7,
        "cpu_throttled": 3,
    }


def test_counters_of_version_2_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same, from the files of that version."""
    monkeypatch.setattr(counters, "ROOT", tmp_path)
    (tmp_path / "memory.current").write_text("1000\n")
    (tmp_path / "memory.stat").write_text("anon 250\nshmem 50\nfile 600\nslab_unreclaimable 100\n")
    (tmp_path / "memory.events").write_text("oom 2\noom_kill 1\n")
    (tmp_path / "cpu.stat").write_text("usage_usec 5000\nnr_periods 7\nnr_throttled 3\n")
    assert counters.second() == {
        "memory_used_bytes": 1000,
        "memory_kept_bytes": 400,
        "oom_kills": 1,
        "cpu_used_us": 5000,
        "cpu_periods": 7,
        "cpu_throttled": 3,
    }


def test_disks_leave_space_on_the_engines_own(tmp_path: Path) -> None:
    """If all of them are full, it must have a gibibyte left."""
    real = os.statvfs(tmp_path)
    free_bytes = real.f_bavail * real.f_frsize
    with pytest.raises(SystemExit, match="and 1 GiB to spare"):
        disks.refuse_to_crowd(tmp_path, free_bytes)


def test_a_device_that_is_no_block_device_has_no_disk() -> None:
    """There is no disk to limit then."""
    assert paths.disk_of(os.makedev(0, 4242)) == ""


def test_ports_that_are_open_to_others_do_not_include_those_of_loopback() -> None:
    """In both versions of IP; and a connection is no listener."""
    assert reach.listening(SOCKETS) == {443, 9093}


def test_a_gateway_is_that_of_a_route_to_another_network() -> None:
    """A network of the namespace's own needs none."""
    assert reach.gateways(ROUTES) == ["10.150.128.1"]


def test_each_attempt_has_its_own_outcome(unused_port: int) -> None:
    """One port has a listener, the other has none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        targets = [f"127.0.0.1:{server.getsockname()[1]}:30", f"127.0.0.1:{unused_port}:30"]
        assert reach.answers(targets) == [reach.OPEN, reach.REFUSED]


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port that stays taken and has no listener."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])
