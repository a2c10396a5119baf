"""A fault that is held with ``stackproof inject`` ends after its time, with Ctrl-C, and when the command is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stackproof.engine.docker.life.sweep import sweep
from stackproof.engine.port import RunningStack
from stackproof.faults.journal import Journal
from stackproof.machine.waiting import wait_until
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
  stubborn:
    image: {image}
    command: [sh, -c, "test -e /tmp/stale && exit 1; touch /tmp/stale; exec sleep infinity"]
    networks: [back]
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
    """A command that holds a freeze for a long time."""
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
    """True if the engine reports it."""
    return engine.state("store").status is ContainerStatus.PAUSED


def journal_of(engine: RunningStack) -> Journal:
    """The run's undo journal."""
    return Journal(RunFolder(engine.run, engine.folder).journal)


def wait(holds: Callable[[], bool], within_s: float = _WITHIN_S) -> None:
    """Wait until something holds."""
    assert wait_until(holds, within_s=within_s).in_time, f"expected it within {within_s:g} s"


def read_until(process: subprocess.Popen[str], words: str) -> None:
    """Read a command's output up to these words."""
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    pytest.fail(f"the command ended without printing {words!r}")


def assert_unharmed(engine: RunningStack) -> None:
    """The stack runs as before, and no fault has to be healed."""
    assert engine.state("store").word == "running"
    assert engine.exec("store", ("redis-cli", "ping")).strip() == "PONG"
    assert not journal_of(engine).unhealed()


def test_a_fault_is_held_for_its_time_and_confirmed(engine: RunningStack) -> None:
    """The time starts with the evidence, however long that took; then it is healed, and the exit code is 0."""
    process = inject(engine, "freeze store", "1s")
    read_until(process, "held for 1 s")
    start_s = time.monotonic()
    assert is_frozen(engine)
    printed, _ = process.communicate(timeout=_WITHIN_S)
    assert time.monotonic() - start_s >= 0.9  # the command's line came a moment before we read it
    assert process.returncode == 0, printed
    assert printed.startswith("took effect: the engine reports paused")
    assert printed.rstrip().endswith("; healed")
    assert_unharmed(engine)


def test_ctrl_c_heals_at_once(engine: RunningStack, frozen: subprocess.Popen[str]) -> None:
    """A person who has seen enough does not have to wait."""
    read_until(frozen, "held for 600 s")
    frozen.send_signal(signal.SIGINT)
    printed, _ = frozen.communicate(timeout=_WITHIN_S)
    assert frozen.returncode == 0, printed
    assert_unharmed(engine)


def test_ctrl_c_before_the_evidence_heals_too(engine: RunningStack, frozen: subprocess.Popen[str]) -> None:
    """At any time: nothing is left, and no sentinel stays."""
    frozen.send_signal(signal.SIGINT)
    frozen.communicate(timeout=_WITHIN_S)
    assert_unharmed(engine)


def test_a_fault_is_healed_after_a_kill_of_its_command_and_the_stack_runs_on(
    engine: RunningStack, frozen: subprocess.Popen[str]
) -> None:
    """After kill -9 the sentinel heals within 15 s what that command held, and not what another one holds."""
    other = FaultSpec.parse("latency back/store:6379 latency_ms=1")
    journal = journal_of(engine)
    undo = journal.begin(other)
    frozen.kill()
    frozen.wait()
    wait(lambda: not is_frozen(engine), _HEALED_WITHIN_S)
    wait(lambda: [each.spec for each in journal.unhealed()] == [other], _HEALED_WITHIN_S)
    journal.healed(undo)
    assert_unharmed(engine)


def test_a_fault_that_is_already_held_is_refused_and_stays(engine: RunningStack, frozen: subprocess.Popen[str]) -> None:
    """A second command for the same fault says so, and heals nothing when it ends."""
    read_until(frozen, "held for 600 s")
    second = inject(engine, "freeze store", "1s")
    printed, _ = second.communicate(timeout=_WITHIN_S)
    assert second.returncode == 2
    assert "'freeze store' is already held there" in printed
    assert is_frozen(engine)
    frozen.send_signal(signal.SIGINT)
    frozen.communicate(timeout=_WITHIN_S)
    assert_unharmed(engine)


def test_a_service_that_dies_again_at_once_is_no_success(engine: RunningStack) -> None:
    """It was started, and a stale file ended it: that is said, and the exit code is 1."""
    process = inject(engine, "kill stubborn", "1s")
    printed, _ = process.communicate(timeout=2 * _WITHIN_S)
    assert process.returncode == 1, printed
    assert printed.rstrip().endswith("; healed, but not as before: the engine says exited of stubborn")
    assert_unharmed(engine)
