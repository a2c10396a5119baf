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
    """The stack under test, standing for the whole session; see ``session.run.Run`` for what it can be asked."""
    state = request.config.stash[STATE]
    if state.run is None:
        state.run = _stand(state)
    return state.run


def _stand(state: SessionState) -> Run:
    """Bring the stack up, or end the session with the one message that says why not."""
    from stackproof.run.opening import open_run  # noqa: PLC0415 - imported while the stack comes up

    try:
        boot, tell = state.boot, teller(state.config)
        return state.undo.enter_context(open_run(boot, state.folder, lambda: state.history, state.settings, tell))
    except (DeclarationError, FaultError) as error:
        pytest.exit(str(error), returncode=_USAGE)
    except StackproofError as error:
        state.check(CheckResult("the stack comes up", Verdict.FAIL, error.message))
        pytest.exit(str(error), returncode=Verdict.FAIL.exit_code)


def teller(config: pytest.Config) -> Report:
    """Tells a person, in the middle of pytest's own lines."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")

    def tell(line: str) -> None:
        if reporter is not None and capture is not None:
            with capture.global_and_fixture_disabled():
                reporter.ensure_newline()
                reporter.write_line(f"stackproof: {line}")

    return tell


@pytest.fixture
def prove(stack: Run) -> Prove:
    """Judges an objective on what was seen so far: ``prove(objective)``."""
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
    with alarms_on(stack, request.config.stash[STATE].declaration) as start:
        yield start


@pytest.fixture
def objective(request: pytest.FixtureRequest) -> Objective:
    """One case for each objective that is declared."""
    case: Objective = request.param
    return case


@pytest.fixture
def probe(request: pytest.FixtureRequest) -> Probe:
    """One case for each probe of each service that stands."""
    case: Probe = request.param
    return case


@pytest.fixture
def service_name(request: pytest.FixtureRequest) -> str:
    """One case for each service that stands and has probes."""
    case: str = request.param
    return case
