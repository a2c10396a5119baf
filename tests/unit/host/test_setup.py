"""Set-up tells the truth about a machine, and survives what a killed engine left behind."""

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
from stackproof.host.findings import Facts, findings, has_what_set_up_makes
from stackproof.machine.commands import Answer, ask, stream
from stackproof.model import EngineError


def _images() -> LocalImages:
    base = LocalImages({BASE_IMAGE: "sha256:0"})
    return LocalImages({**base.ids, **{image_name(spec, base): "sha256:0" for spec in SETUP_IMAGES}})


IMAGES = _images()
NO = Answer(ok=False, text="no program `docker`")
READY = Facts(
    python=(3, 11),
    client="/usr/bin/docker",
    engine=Answer(ok=True, text="26.1.5+dfsg1"),
    compose=Answer(ok=True, text="2.26.1-4"),
    buildx=Answer(ok=True, text="github.com/docker/buildx 0.13.1+ds1 0.13.1"),
    images=IMAGES,
    iptables="/usr/sbin/iptables",
    free_bytes=50 * 10**9,
)


def missing_from(facts: Facts) -> set[str]:
    """What the findings call missing."""
    return {finding.id for finding in findings(facts) if not finding.ok}


def test_a_ready_machine_lacks_nothing() -> None:
    """A machine that has all of it is not sent to install anything."""
    assert missing_from(READY) == set()


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (replace(READY, python=(3, 10)), {"python"}),
        (replace(READY, client=None), {"client"}),
        (replace(READY, engine=Answer(ok=True, text="20.10.24")), {"engine-version"}),
        (replace(READY, engine=Answer(ok=True, text="25.0.0")), set()),
        (replace(READY, compose=NO), {"compose"}),
        (replace(READY, compose=Answer(ok=True, text="v2.17.3")), {"compose"}),
        (replace(READY, buildx=NO), {"buildx"}),
        (replace(READY, iptables=None), set()),  # an engine that answers has what it needs
        (replace(READY, iptables=None, engine=NO), {"engine", "engine-version", "iptables"}),
        (replace(READY, images=None), {"base-image", "image-toxiproxy", "image-tools", "image-faults"}),
        (replace(READY, free_bytes=10**9), {"disk-space"}),
    ],
)
def test_each_lack_is_found_and_nothing_else(facts: Facts, missing: set[str]) -> None:
    """A person is told of the very thing that is missing."""
    assert missing_from(facts) == missing


def test_a_glance_sees_whether_set_up_was_here() -> None:
    """A run begins at once where the engine has the images of today, and set-up looks closer where it has not."""
    assert has_what_set_up_makes("26.1.5", IMAGES)
    assert not has_what_set_up_makes("20.10.24", IMAGES)
    for absent in IMAGES.ids:
        rest = LocalImages({name: each for name, each in IMAGES.ids.items() if name != absent})
        assert not has_what_set_up_makes("26.1.5", rest), absent


def test_every_finding_says_what_to_do() -> None:
    """What is missing comes with what was seen and with the way to mend it."""
    bare = Facts((3, 10), None, NO, NO, NO, None, None, 0)
    for finding in findings(bare):
        assert not finding.ok
        assert all((finding.what, finding.expected, finding.seen, finding.fix)), finding


def test_a_newer_base_image_makes_ours_stale() -> None:
    """A base image that was made anew, for its security updates, reaches the images that start from it."""
    other = LocalImages({**IMAGES.ids, BASE_IMAGE: "sha256:1"})
    assert missing_from(replace(READY, images=other)) == {
        "image-toxiproxy",
        "image-tools",
        "image-faults",
    }


def test_the_engine_comes_from_the_mirrors_that_the_machine_uses() -> None:
    """A company's mirror is used for the newer release too, pocket by pocket, and no other vendor's is."""
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
def test_an_unknown_system_is_told_what_to_install(system: System) -> None:
    """Where we cannot install the engine, the message names what is needed, by version."""
    with pytest.raises(EngineError, match=r"Docker Engine 25 .*Compose \(2\.20\+\).*Buildx"):
        require_apt("a container engine", system)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A stand-in for /run, as an engine uses it."""
    (tmp_path / "docker/containerd").mkdir(parents=True)
    (tmp_path / "containerd").mkdir()
    return tmp_path


@pytest.fixture
def living_dockerd(tmp_path: Path) -> Iterator[int]:
    """The process id of something whose name is dockerd."""
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


def test_a_dead_engines_pid_file_is_removed(run: Path, living_dockerd: int) -> None:
    """The number of a dead engine, which some other program has now, does not keep the next engine from starting."""
    (run / "docker.pid").write_text("1", encoding="ascii")
    (run / "docker/containerd/containerd.pid").write_text(str(living_dockerd), encoding="ascii")
    clear_leftovers(run)
    assert not (run / "docker.pid").exists()
    assert not (run / "docker/containerd/containerd.pid").exists()


def test_a_living_engines_pid_file_stays(run: Path, living_dockerd: int) -> None:
    """An engine that runs is never robbed of its pid file."""
    (run / "docker.pid").write_text(str(living_dockerd), encoding="ascii")
    clear_leftovers(run)
    assert (run / "docker.pid").exists()


def test_a_killed_engine_that_nobody_waited_for_is_dead(run: Path, living_dockerd: int) -> None:
    """In a container whose first process reaps nothing, a killed engine keeps its name and number for ever."""
    (run / "docker.pid").write_text(str(living_dockerd), encoding="ascii")
    os.kill(living_dockerd, signal.SIGKILL)
    os.waitid(os.P_PID, living_dockerd, os.WEXITED | os.WNOWAIT)  # it is dead now, and not reaped
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
    """A containerd that runs is used, not cut off."""
    path = run / "containerd/containerd.sock"
    with socket.socket(socket.AF_UNIX) as alive:
        alive.bind(str(path))
        alive.listen()
        clear_leftovers(run)
        assert path.exists()


def test_a_failed_program_is_told_with_its_last_words() -> None:
    """Whoever reads the error sees why, and what to do, without running it again."""
    seen: list[str] = []
    with pytest.raises(EngineError, match=r"exit code 7:\n    no space left\n  fix: free some") as caught:
        stream(("sh", "-c", "echo no space left >&2; exit 7"), seen.append, fix="free some")
    assert seen == ["no space left"]
    assert caught.value.fix == "free some"


def test_a_program_that_hangs_is_ended() -> None:
    """Set-up ends, even where a mirror never answers."""
    with pytest.raises(EngineError, match=r"`sleep 600` to succeed, it had not ended after 0\.2 s"):
        stream(("sleep", "600"), print, fix="try again", within_s=0.2)


def test_a_missing_program_is_an_answer_and_no_crash() -> None:
    """`doctor` runs on a machine that has nothing."""
    assert ask("no-such-program-here") == Answer(ok=False, text="no program `no-such-program-here`")
    with pytest.raises(EngineError, match="no-such-program-here"):
        stream(("no-such-program-here",), print, fix="install it")
