"""A fault that is held with ``stackproof inject`` ends with its time, with Ctrl-C, and with the command's death."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stackproof.engine.docker.sweep import sweep
from stackproof.engine.port import RunningStack
from stackproof.faults.journal import Journal
from stackproof.model import ContainerStatus, FaultSpec
from stackproof.run.folder import RunFolder
from stackproof.run.kept_runs import bring_up
from stackproof.run.settings import Settings
from tests.engine.live_stacks import redis_image

ROOT = Path(__file__).parents[2]
_WITHIN_S = 60.0
_HEALED_WITHIN_S = 15.0
_LONG = "600s"
_STACK = """
name: tiny
services:
  store:
    image: {image}
    command: [redis-server, --save, "", --appendonly, "no", --protected-mode, "no"]
    networks: [back]
    x-stackproof:
      probes:
        readiness: tcp://:6379?send=PING%0D%0A&expect=%2BPONG
networks:
  back: {{}}
"""

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack as `stackproof up` starts one."""
    folder = tmp_path_factory.mktemp("by-hand")
    file = folder / "compose.yaml"
    file.write_text(_STACK.format(image=redis_image()), encoding="utf-8")
    standing = bring_up(Settings(file, folder / "reports", suite="up"), lambda _line: None)
    yield standing
    sweep(standing.run)


@pytest.fixture
def frozen(engine: RunningStack) -> Iterator[subprocess.Popen[str]]:
    """A command that holds a freeze for long."""
    process = inject(engine, "freeze store", _LONG)
    try:
        wait(lambda: is_frozen(engine))
        yield process
    finally:
        process.kill()
        process.communicate()


def inject(engine: RunningStack, fault: str, for_text: str) -> subprocess.Popen[str]:
    """`stackproof inject`, in a process and a session of its own."""
    command = (sys.executable, "-m", "stackproof.cli", "inject", "--stack", str(engine.stack.file), fault)
    return subprocess.Popen(
        (*command, "--for", for_text),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        start_new_session=True,
    )


def is_frozen(engine: RunningStack) -> bool:
    """True where the engine says so."""
    return engine.state("store").status is ContainerStatus.PAUSED


def journal_of(engine: RunningStack) -> Journal:
    """The run's undo journal."""
    return Journal(RunFolder(engine.run, engine.folder).journal)


def wait(holds: Callable[[], bool], within_s: float = _WITHIN_S) -> None:
    """Wait until something holds."""
    deadline_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline_s, f"not seen within {within_s:g} s"
        time.sleep(0.1)


def read_until(process: subprocess.Popen[str], words: str) -> None:
    """Read what a command says up to these words."""
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    pytest.fail(f"the command ended without saying {words!r}")


def assert_stands_well(engine: RunningStack) -> None:
    """The stack goes on as if nothing had been, and no fault is to be undone."""
    assert engine.state("store").word == "running"
    assert engine.exec("store", ("redis-cli", "ping")).strip() == "PONG"
    assert not journal_of(engine).unhealed()


def test_a_fault_is_held_for_its_time_and_told_to_bite(engine: RunningStack) -> None:
    """The time counts from when it was seen, however long that took; then it is healed, and the exit code is 0."""
    process = inject(engine, "freeze store", "1s")
    read_until(process, "held for 1 s")
    start_s = time.monotonic()
    assert is_frozen(engine)
    said, _ = process.communicate(timeout=_WITHIN_S)
    assert time.monotonic() - start_s >= 0.9  # the command's line came a moment before we read it
    assert process.returncode == 0, said
    assert said.startswith("bit: the engine says paused")
    assert said.rstrip().endswith("; healed")
    assert_stands_well(engine)


def test_ctrl_c_heals_at_once(engine: RunningStack, frozen: subprocess.Popen[str]) -> None:
    """A person who has seen enough does not wait for the rest of the time."""
    read_until(frozen, "held for 600 s")
    frozen.send_signal(signal.SIGINT)
    said, _ = frozen.communicate(timeout=_WITHIN_S)
    assert frozen.returncode == 0, said
    assert_stands_well(engine)


def test_ctrl_c_before_it_was_seen_to_bite_heals_too(engine: RunningStack, frozen: subprocess.Popen[str]) -> None:
    """Whenever it comes: nothing is left, and no sentinel stays behind."""
    frozen.send_signal(signal.SIGINT)
    frozen.communicate(timeout=_WITHIN_S)
    assert_stands_well(engine)


def test_a_killed_command_is_healed_after_and_the_stack_stands_on(
    engine: RunningStack, frozen: subprocess.Popen[str]
) -> None:
    """After kill -9 the sentinel heals within 15 s what that command held; what another holds stays."""
    other = FaultSpec.parse("latency back/store:6379 latency_ms=1")
    journal = journal_of(engine)
    undo = journal.begin(other)
    frozen.kill()
    frozen.wait()
    wait(lambda: not is_frozen(engine), _HEALED_WITHIN_S)
    wait(lambda: [each.spec for each in journal.unhealed()] == [other], _HEALED_WITHIN_S)
    journal.healed(undo)
    assert_stands_well(engine)


def test_what_holds_already_is_refused_and_goes_on(engine: RunningStack, frozen: subprocess.Popen[str]) -> None:
    """A second command for the same fault is told so, and its end undoes nothing of the first."""
    read_until(frozen, "held for 600 s")
    second = inject(engine, "freeze store", "1s")
    said, _ = second.communicate(timeout=_WITHIN_S)
    assert second.returncode == 2
    assert "'freeze store' already holds there" in said
    assert is_frozen(engine)
    frozen.send_signal(signal.SIGINT)
    frozen.communicate(timeout=_WITHIN_S)
    assert_stands_well(engine)
