import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stackproof.engine.docker.life.orphans import end_orphans
from stackproof.engine.docker.life.sentinel import Sentinel
from stackproof.engine.docker.life.sweep import leftovers, sweep
from stackproof.machine.waiting import wait_until
from tests.engine.labelled import Workshop

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run() -> Iterator[str]:
    """The id of a run of which nothing is left after the test."""
    run_id = f"test-{uuid.uuid4().hex[:12]}"
    yield run_id
    sweep(run_id)


@contextmanager
def harness(run: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has created containers, one of them frozen, a network and a volume, and has a sentinel."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    command = (sys.executable, "-m", "tests.engine.labelled", run, str(folder))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def eventually(holds: Callable[[], bool], within_s: float = 60.0) -> float:
    """Wait until something holds; return how long that took, in seconds."""
    waited = wait_until(holds, within_s=within_s)
    assert waited.in_time
    return waited.took_s


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_harness_that_was_killed(
    run: str, tmp_path: Path, ended_by: signal.Signals, record_property: Callable[[str, object], None]
) -> None:
    """Whatever signal ends the harness, its containers, network and volume are removed, without a command."""
    with harness(run, tmp_path) as process:
        assert leftovers(run)
        process.send_signal(ended_by)
        process.wait(timeout=10)
    record_property("swept_s", eventually(lambda: not leftovers(run)))
    eventually(lambda: "removed container" in (tmp_path / "sentinel.log").read_text())


def test_the_end_of_a_harness_whose_child_holds_the_pipe_is_noticed(run: str, tmp_path: Path) -> None:
    """A child that outlives the harness and inherited all its open files does not keep the sentinel waiting."""
    workshop = Workshop(run, tmp_path)
    workshop.volume()
    workshop.close()
    forks = (
        "import os, pathlib, sys, time; from stackproof.engine.docker.life.sentinel import Sentinel;"
        "Sentinel(sys.argv[1], pathlib.Path(sys.argv[2])).start();"
        "child = os.fork(); print(child, flush=True) if child else time.sleep(600);"
        "os._exit(0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = (sys.executable, "-c", forks, run, str(tmp_path))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
    try:
        eventually(lambda: not leftovers(run))
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_harness_that_died_before_the_sentinel_looked_is_noticed(run: str, tmp_path: Path) -> None:
    """A harness that is killed while its sentinel starts is swept, though another process holds the pipe."""
    workshop = Workshop(run, tmp_path)
    workshop.volume()
    workshop.close()
    with subprocess.Popen(("true",)) as dead:
        pass
    command = (sys.executable, "-m", "stackproof.engine.docker.life.sentinel", run, str(tmp_path), str(dead.pid))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment) as process:
        eventually(lambda: process.poll() is not None)
    assert not leftovers(run)


def test_a_dismissed_sentinel_removes_nothing(run: str, tmp_path: Path) -> None:
    """A harness that dismisses it keeps what it has."""
    workshop = Workshop(run, tmp_path)
    workshop.volume()
    workshop.close()
    sentinel = Sentinel(run, tmp_path)
    sentinel.start()
    sentinel.dismiss()
    sentinel.dismiss()
    assert leftovers(run).volumes
    assert (tmp_path / "sentinel.log").read_text() == ""


def test_a_sentinel_outlives_signals_to_itself(run: str, tmp_path: Path) -> None:
    """Ctrl-C, a closed terminal and SIGTERM do not end the sentinel."""
    workshop = Workshop(run, tmp_path)
    workshop.volume()
    workshop.close()
    command = (sys.executable, "-m", "stackproof.engine.docker.life.sentinel", run, str(tmp_path), str(os.getpid()))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment) as process:
        eventually(lambda: ignores_signals(process.pid))
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            process.send_signal(number)
        assert leftovers(run)
        process.communicate(timeout=60)
    assert not leftovers(run)


def ignores_signals(pid: int) -> bool:
    """True where SIGHUP, SIGINT and SIGTERM are ignored by a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    ignored = int(next(line.split()[1] for line in lines if line.startswith("SigIgn")), 16)
    return all(ignored >> (number - 1) & 1 for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM))


def test_an_orphaned_compose_of_the_run_is_ended_and_no_other(tmp_path: Path) -> None:
    """Compose at work in the run's folder is killed; Compose elsewhere, and a shell in that folder, are not."""
    folder, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    program = tmp_path / "docker-compose"
    program.symlink_to("/bin/sleep")
    processes = []
    for argument, place in ((str(program), folder), (str(program), elsewhere), ("/bin/sleep", folder)):
        place.mkdir(exist_ok=True)
        processes.append(subprocess.Popen((argument, "600"), cwd=place))
    orphan, *others = processes
    try:
        assert end_orphans(folder) == (orphan.pid,)
        assert orphan.wait(timeout=10) == -signal.SIGKILL
        assert [other.poll() for other in others] == [None, None]
    finally:
        for process in processes:
            process.kill()
            process.wait()
