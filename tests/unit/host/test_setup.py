"""Set-up reports the state of a machine correctly, and copes with what a killed engine left behind."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stackproof.engine.docker.images.build import SETUP_IMAGES, LocalImages, image_name
from stackproof.host.apt import System, mirror_lines, require_apt
from stackproof.host.base_image import BASE_IMAGE
from stackproof.host.daemon import clear_leftovers
from stackproof.host.requirements import MachineFacts, has_set_up_images, judge_facts
from stackproof.machine.commands import CommandOutput, ask, stream
from stackproof.model import EngineError


def _images() -> LocalImages:
    base = LocalImages({BASE_IMAGE: "sha256:0"})
    return LocalImages({**base.ids, **{image_name(spec, base): "sha256:0" for spec in SETUP_IMAGES}})


IMAGES = _images()
NO = CommandOutput(ok=False, text="no program `docker`")
READY = MachineFacts(
    python=(3, 11),
    client="/usr/bin/docker",
    engine=CommandOutput(ok=True, text="26.1.5+dfsg1"),
    compose=CommandOutput(ok=True, text="2.26.1-4"),
    buildx=CommandOutput(ok=True, text="github.com/docker/buildx 0.13.1+ds1 0.13.1"),
    images=IMAGES,
    iptables="/usr/sbin/iptables",
    free_bytes=50 * 10**9,
)


def missing_from(facts: MachineFacts) -> set[str]:
    """Ids of the requirements that the machine does not meet."""
    return {each.id for each in judge_facts(facts) if not each.ok}


def test_a_ready_machine_lacks_nothing() -> None:
    """Nothing needs to be installed."""
    assert missing_from(READY) == set()


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (replace(READY, python=(3, 10)), {"python"}),
        (replace(READY, client=None), {"client"}),
        (replace(READY, engine=CommandOutput(ok=True, text="20.10.24")), {"engine-version"}),
        (replace(READY, engine=CommandOutput(ok=True, text="25.0.0")), set()),
        (replace(READY, compose=NO), {"compose"}),
        (replace(READY, compose=CommandOutput(ok=True, text="v2.17.3")), {"compose"}),
        (replace(READY, buildx=NO), {"buildx"}),
        (replace(READY, iptables=None), set()),  # an engine that answers has what it needs
        (replace(READY, iptables=None, engine=NO), {"engine", "engine-version", "iptables"}),
        (replace(READY, images=None), {"base-image", "image-toxiproxy", "image-tools", "image-faults"}),
        (replace(READY, free_bytes=10**9), {"disk-space"}),
    ],
)
def test_each_lack_is_found_and_nothing_else(facts: MachineFacts, missing: set[str]) -> None:
    """Exactly the missing thing is reported."""
    assert missing_from(facts) == missing


def test_a_quick_look_shows_whether_set_up_has_completed() -> None:
    """A run starts at once if the engine has the current images; otherwise set-up checks everything."""
    assert has_set_up_images("26.1.5", IMAGES)
    assert not has_set_up_images("20.10.24", IMAGES)
    for absent in IMAGES.ids:
        rest = LocalImages({name: each for name, each in IMAGES.ids.items() if name != absent})
        assert not has_set_up_images("26.1.5", rest), absent


def test_every_missing_requirement_says_what_to_do() -> None:
    """With what was seen and how to fix it."""
    bare = MachineFacts((3, 10), None, NO, NO, NO, None, None, 0)
    for each in judge_facts(bare):
        assert not each.ok
        assert all((each.what, each.expected, each.seen, each.fix)), each


def test_a_newer_base_image_makes_ours_stale() -> None:
    """A base image that was rebuilt, say for security updates, causes a rebuild of the images based on it."""
    other = LocalImages({**IMAGES.ids, BASE_IMAGE: "sha256:1"})
    assert missing_from(replace(READY, images=other)) == {
        "image-toxiproxy",
        "image-tools",
        "image-faults",
    }


def test_the_engine_comes_from_the_mirrors_that_the_machine_uses() -> None:
    """A company's mirror is used for the newer release too, pocket by pocket, and no other vendor's."""
    targets = """\
Debian http://mirror.example/debian/ bookworm main
Debian http://mirror.example/debian/ bookworm contrib
Debian http://mirror.example/debian/ bookworm-updates main
Debian http://mirror.example/debian-security/ bookworm-security main
Debian http://mirror.example/debian/ bookworm-backports main
Somebody https://packages.example/deb bookworm main
"""
    lines = [line.split("] ")[1] for line in mirror_lines("trixie", "bookworm", targets)]
    assert lines == [
        "http://mirror.example/debian/ trixie main",
        "http://mirror.example/debian/ trixie-updates main",
        "http://mirror.example/debian-security/ trixie-security main",
    ]


@pytest.mark.parametrize("system", [System("fedora", 41, ""), System("debian", 11, "bullseye"), System("", 0, "")])
def test_on_an_unknown_system_the_error_says_what_to_install(system: System) -> None:
    """By name and version, where we cannot install the engine."""
    with pytest.raises(EngineError, match=r"Docker Engine 25 .*Compose \(2\.20\+\).*Buildx"):
        require_apt("a container engine", system)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A stand-in for /run, as an engine uses it."""
    (tmp_path / "docker/containerd").mkdir(parents=True)
    (tmp_path / "containerd").mkdir()
    return tmp_path


@pytest.fixture
def running_dockerd(tmp_path: Path) -> Iterator[int]:
    """The id of a process named dockerd."""
    program = shutil.copy(shutil.which("sleep") or "/bin/sleep", tmp_path / "dockerd")
    with subprocess.Popen((str(program), "60")) as process:
        try:
            _wait_for_name(process.pid, "dockerd")
            yield process.pid
        finally:
            process.kill()


def _wait_for_name(pid: int, name: str) -> None:
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() != name:
        assert time.monotonic() < deadline, f"process {pid} never became {name}"


def test_a_dead_engines_pid_file_is_removed(run: Path, running_dockerd: int) -> None:
    """A process id that another program has now does not keep the next engine from starting."""
    (run / "docker.pid").write_text("1", encoding="ascii")
    (run / "docker/containerd/containerd.pid").write_text(str(running_dockerd), encoding="ascii")
    clear_leftovers(run)
    assert not (run / "docker.pid").exists()
    assert not (run / "docker/containerd/containerd.pid").exists()


def test_a_running_engines_pid_file_stays(run: Path, running_dockerd: int) -> None:
    """It belongs to the engine."""
    (run / "docker.pid").write_text(str(running_dockerd), encoding="ascii")
    clear_leftovers(run)
    assert (run / "docker.pid").exists()


def test_a_zombie_engine_is_dead(run: Path, running_dockerd: int) -> None:
    """In a container whose first process reaps nothing, a killed engine keeps its name and id forever."""
    (run / "docker.pid").write_text(str(running_dockerd), encoding="ascii")
    os.kill(running_dockerd, signal.SIGKILL)
    os.waitid(os.P_PID, running_dockerd, os.WEXITED | os.WNOWAIT)  # it is dead now, and not reaped
    clear_leftovers(run)
    assert not (run / "docker.pid").exists()


def test_a_socket_that_nobody_serves_is_removed(run: Path) -> None:
    """The next engine would wait for a containerd that was killed."""
    path = run / "containerd/containerd.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    clear_leftovers(run)
    assert not path.exists()


def test_a_socket_that_is_served_stays(run: Path) -> None:
    """A running containerd is used."""
    path = run / "containerd/containerd.sock"
    with socket.socket(socket.AF_UNIX) as alive:
        alive.bind(str(path))
        alive.listen()
        clear_leftovers(run)
        assert path.exists()


def test_a_failed_program_is_reported_with_its_last_lines() -> None:
    """The error shows the reason and what to do, without another run."""
    seen: list[str] = []
    with pytest.raises(EngineError, match=r"exit code 7:\n    no space left\n  fix: free some") as caught:
        stream(("sh", "-c", "echo no space left >&2; exit 7"), seen.append, fix="free some")
    assert seen == ["no space left"]
    assert caught.value.fix == "free some"


def test_a_program_that_hangs_is_ended() -> None:
    """Set-up ends even if a mirror never answers."""
    with pytest.raises(EngineError, match=r"`sleep 600` to succeed, it had not ended after 0\.2 s"):
        stream(("sleep", "600"), print, fix="try again", within_s=0.2)


def test_a_missing_program_is_a_failed_one_not_a_crash() -> None:
    """`doctor` runs on a machine that has nothing."""
    assert ask("no-such-program-here") == CommandOutput(ok=False, text="no program `no-such-program-here`")
    with pytest.raises(EngineError, match="no-such-program-here"):
        stream(("no-such-program-here",), print, fix="install it")
