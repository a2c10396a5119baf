"""Nothing of a run outlives it, however its process ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stackproof.engine.docker.life.sweep import leftovers
from stackproof.history import read
from stackproof.machine.waiting import wait_until
from stackproof.model import FaultHealed, FaultInjected, RunEnded

ROOT = Path(__file__).parents[2]
STACK = ROOT / "tests" / "stacks" / "guestbook" / "compose.yaml"
_UP_WITHIN_S = 300.0
_GONE_WITHIN_S = 15.0
_SUITE = '''
"""A suite that holds a fault until it is killed."""

import signal


def test_that_holds_a_fault(stack):
    """Hold the fault forever."""
    service = next(service for service in stack.services() if service.service.probes)
    with stack.fault(f"freeze {service.name}"):
        stack.history.file.with_name("holding").touch()
        signal.pause()
'''

pytestmark = pytest.mark.engine


class Held:
    """A pytest session in its own process, in the middle of a fault."""

    def __init__(self, folder: Path) -> None:
        suite = folder / "test_hold.py"
        suite.write_text(_SUITE, encoding="utf-8")
        self.reports = folder / "reports"
        command = [
            sys.executable,
            "-m",
            "pytest",
            str(suite),
            "-p",
            "stackproof.pytest_plugin",
            "-p",
            "no:cacheprovider",
        ]
        command += ["--rootdir", str(folder), "--stack", str(STACK), "--reports", str(self.reports), "--suite", "held"]
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    @property
    def folder(self) -> Path:
        """The run's folder."""
        (folder,) = (self.reports / "runs").iterdir()
        return folder

    def wait_until_starting(self) -> str:
        """Wait until the engine has created something of the run; returns the run's id."""
        _wait(lambda: any((self.reports / "runs").glob("*")), _UP_WITHIN_S)
        _wait(lambda: bool(leftovers(self.folder.name)), _UP_WITHIN_S)
        return self.folder.name

    def wait_until_held(self) -> None:
        """Wait until the fault is held."""
        _wait(self._is_held, _UP_WITHIN_S)

    def _is_held(self) -> bool:
        if self.process.poll() is not None:
            pytest.fail(f"the session ended early:\n{self.process.communicate()[0]}")
        return any(self.reports.glob("runs/*/holding"))


def _wait(reached: Callable[[], bool], within_s: float) -> None:
    assert wait_until(reached, within_s=within_s, poll_s=0.1).in_time, f"not reached within {within_s} s"


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Held]:
    """A session whose stack is starting."""
    session = Held(tmp_path)
    yield session
    session.process.kill()
    session.process.communicate()


@pytest.fixture
def held(starting: Held) -> Held:
    """A session that holds a fault on a running stack."""
    starting.wait_until_held()
    return starting


@pytest.mark.parametrize("death", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_stack_that_was_still_starting(starting: Held, death: signal.Signals) -> None:
    """A session that is ended by Ctrl-C or kill -9 while containers are being created leaves none of them."""
    run = starting.wait_until_starting()
    starting.process.send_signal(death)
    starting.process.communicate(timeout=120)
    _wait(lambda: not leftovers(run), _GONE_WITHIN_S)


def test_nothing_is_left_within_15_s_of_kill_9(held: Held) -> None:
    """A harness that is killed in the middle of a fault leaves no container, network or volume, without any command."""
    run = held.folder.name
    assert leftovers(run)
    held.process.send_signal(signal.SIGKILL)
    _wait(lambda: not leftovers(run), _GONE_WITHIN_S)


def test_the_record_survives_kill_9(held: Held) -> None:
    """The record of a killed run can be read up to its last complete line, and contains the fault."""
    held.process.send_signal(signal.SIGKILL)
    held.process.wait()
    recorded = read(held.folder)
    assert len([event for event in recorded.events if isinstance(event, FaultInjected)]) == 1
    assert not [event for event in recorded.events if isinstance(event, RunEnded)]
    _wait(lambda: not leftovers(held.folder.name), _GONE_WITHIN_S)


def test_ctrl_c_heals_and_cleans_up(held: Held) -> None:
    """Ctrl-C ends a session in order: the fault is healed, nothing is left, and the record is closed."""
    run = held.folder.name
    os.kill(held.process.pid, signal.SIGINT)
    held.process.communicate(timeout=120)
    assert not leftovers(run)
    healed = [event for event in read(held.folder).events if isinstance(event, FaultHealed)]
    assert len(healed) == 1
    assert held.process.returncode == pytest.ExitCode.INTERRUPTED
