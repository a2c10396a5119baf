"""A stack is steady when all of it works that has work to do."""

from dataclasses import replace

import pytest

from stackproof.model import ContainerState, ContainerStatus
from stackproof.run.steady_state import why_not_steady
from tests.unit.fake_runs import RunOnFake

DONE = ContainerState(ContainerStatus.EXITED, exit_code=0)


@pytest.mark.parametrize("state", [DONE, ContainerState(ContainerStatus.ABSENT)])
def test_a_job_that_is_done_and_a_service_without_containers_do_not_keep_a_stack_from_it(
    fake_run: RunOnFake, state: ContainerState
) -> None:
    """A migration that ran, or `scale: 0`: there is nothing to come back to, also after a fault."""
    fake_run.engine.states["store"] = state
    assert why_not_steady(fake_run.run) == ""
    with fake_run.run.fault("kill web"):
        pass
    assert why_not_steady(fake_run.run) == ""


def test_a_job_that_failed_does(fake_run: RunOnFake) -> None:
    """Its exit code says so."""
    fake_run.engine.states["store"] = replace(DONE, exit_code=1)
    assert why_not_steady(fake_run.run) == "the engine says exited of store"


def test_a_service_that_ends_after_a_fault_is_not_done(fake_run: RunOnFake) -> None:
    """It ended without an error, but it worked before: the fault may have ended it."""
    assert why_not_steady(fake_run.run) == ""
    with fake_run.run.fault("kill web"):
        pass
    fake_run.engine.states["store"] = DONE
    assert why_not_steady(fake_run.run) == "the engine says exited of store"
