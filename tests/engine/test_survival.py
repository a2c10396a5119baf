"""Nothing of a run outlives it, whatever becomes of the process that made it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stackproof.engine.docker.sweep import leftovers
from stackproof.history import read
from stackproof.model import FaultHealed, FaultInjected, RunEnded

ROOT = Path(__file__).parents[2]
STACK = ROOT / "tests" / "stacks" / "guestbook" / "compose.yaml"
_UP_WITHIN_S = 300.0
_GONE_WITHIN_S = 15.0
_SUITE = '''
"""A suite that holds a fault until somebody ends it."""

import signal


def test_that_holds_a_fault(stack):
    """Never ends by itself."""
    service = next(service for service in stack.services() if service.service.probes)
    with stack.fault(f"freeze {service.name}"):
        stack.history.file.with_name("holding").touch()
        signal.pause()
'''

pytestmark = pytest.mark.engine


class Held:
    """A pytest session in a process of its own, in the middle of a fault."""

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

    def wait_until_something_stands(self) -> str:
        """Wait until the engine has something of the run, which is then on its way up; gives the run's id."""
        _wait(lambda: any((self.reports / "runs").glob("*")), _UP_WITHIN_S)
        _wait(lambda: bool(leftovers(self.folder.name)), _UP_WITHIN_S)
        return self.folder.name

    def wait_until_held(self) -> None:
        """Wait for the fault."""
        _wait(self._is_held, _UP_WITHIN_S)

    def _is_held(self) -> bool:
        if self.process.poll() is not None:
            pytest.fail(f"the session ended early:\n{self.process.communicate()[0]}")
        return any(self.reports.glob("runs/*/holding"))


def _wait(seen: Callable[[], bool], within_s: float) -> float:
    start_s = time.monotonic()
    while not seen():
        assert time.monotonic() - start_s < within_s, f"not seen within {within_s} s"
        time.sleep(0.1)
    return time.monotonic() - start_s


@pytest.fixture
def rising(tmp_path: Path) -> Iterator[Held]:
    """A session whose stack is on its way up."""
    session = Held(tmp_path)
    yield session
    session.process.kill()
    session.process.communicate()


@pytest.fixture
def held(rising: Held) -> Held:
    """A session that holds a fault on a standing stack."""
    rising.wait_until_held()
    return rising


@pytest.mark.parametrize("death", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_stack_that_was_still_coming_up(rising: Held, death: signal.Signals) -> None:
    """Ended while containers are being made, by Ctrl-C or kill -9, a session leaves none of them."""
    run = rising.wait_until_something_stands()
    rising.process.send_signal(death)
    rising.process.communicate(timeout=120)
    _wait(lambda: not leftovers(run), _GONE_WITHIN_S)


def test_nothing_is_left_within_15_s_of_kill_9(held: Held) -> None:
    """A harness killed in the middle of a fault leaves no container, network or volume, and nobody has to act."""
    run = held.folder.name
    assert leftovers(run)
    held.process.send_signal(signal.SIGKILL)
    _wait(lambda: not leftovers(run), _GONE_WITHIN_S)


def test_what_was_seen_before_kill_9_is_still_there(held: Held) -> None:
    """The record of a killed run can be read, up to its last whole line, and says that the fault was held."""
    held.process.send_signal(signal.SIGKILL)
    held.process.wait()
    recorded = read(held.folder)
    assert len([event for event in recorded.events if isinstance(event, FaultInjected)]) == 1
    assert not [event for event in recorded.events if isinstance(event, RunEnded)]
    _wait(lambda: not leftovers(held.folder.name), _GONE_WITHIN_S)


def test_ctrl_c_heals_and_cleans_up(held: Held) -> None:
    """Ctrl-C ends a session in good order: the fault is healed, nothing is left, the record is closed."""
    run = held.folder.name
    os.kill(held.process.pid, signal.SIGINT)
    held.process.communicate(timeout=120)
    assert not leftovers(run)
    healed = [event for event in read(held.folder).events if isinstance(event, FaultHealed)]
    assert len(healed) == 1
    assert held.process.returncode == pytest.ExitCode.INTERRUPTED
