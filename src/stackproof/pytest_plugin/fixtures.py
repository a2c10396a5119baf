"""Fixtures that let a test read as a sentence."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from stackproof.model import CheckResult, DeclarationError, FaultError, Objective, Probe, StackproofError, Verdict
from stackproof.pytest_plugin.claims import (
    Alarms,
    Count,
    Experiments,
    Measure,
    Prove,
    alarms_on,
    count_on,
    experiments_on,
    measure_on,
    prove_on,
)
from stackproof.pytest_plugin.state import STATE, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackproof.run.boot import Report
    from stackproof.run.run import Run

_USAGE = 4


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Run:
    """The stack under test, up for the whole session; ``run.run.Run`` is what it can be asked."""
    return _bring_up(request.config.stash[STATE])


def _bring_up(state: SessionState) -> Run:
    """Bring the stack up, or end the session with one message that says why not."""
    try:
        return state.bring_up(line_writer(state.config))
    except (DeclarationError, FaultError) as error:
        pytest.exit(str(error), returncode=_USAGE)
    except StackproofError as error:
        state.check(CheckResult("the stack comes up", Verdict.FAIL, error.message))
        pytest.exit(str(error), returncode=Verdict.FAIL.exit_code)


def line_writer(config: pytest.Config) -> Report:
    """Writes a line of ours between pytest's own lines."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")

    def write(line: str) -> None:
        if reporter is not None and capture is not None:
            with capture.global_and_fixture_disabled():
                reporter.ensure_newline()
                reporter.write_line(f"stackproof: {line}")

    return write


@pytest.fixture
def prove(stack: Run) -> Prove:
    """Judges an objective on what was observed so far: ``prove(objective)``."""
    return partial(prove_on, stack)


@pytest.fixture
def measure(stack: Run, request: pytest.FixtureRequest) -> Measure:
    """Puts a measured time into the report: ``measure("ready after", 1.3)``."""
    return partial(measure_on, stack, request.node.nodeid)


@pytest.fixture
def count(stack: Run, request: pytest.FixtureRequest) -> Count:
    """Puts into the report how many cases of a property were tried: ``count("wrong frames", 2000)``."""
    return partial(count_on, stack, request.node.nodeid)


@pytest.fixture
def experiment(stack: Run, request: pytest.FixtureRequest) -> Experiments:
    """Holds faults while a block of expectations runs, proves recovery, and records the verdict; see the guide."""
    return experiments_on(stack, request.node.name)


@pytest.fixture(scope="session")
def alarms(stack: Run, request: pytest.FixtureRequest) -> Iterator[Alarms]:
    """Watches the stack's alerts from the first call on, and drills them; see the guide."""
    with alarms_on(stack, request.config.stash[STATE].declare()) as start:
        yield start


@pytest.fixture
def objective(request: pytest.FixtureRequest) -> Objective:
    """One case for each objective that is declared."""
    case: Objective = request.param
    return case


@pytest.fixture
def probe(request: pytest.FixtureRequest) -> Probe:
    """One case for each probe of each service that runs with the stack."""
    case: Probe = request.param
    return case


@pytest.fixture
def service_name(request: pytest.FixtureRequest) -> str:
    """One case for each service that runs with the stack and has probes."""
    case: str = request.param
    return case
