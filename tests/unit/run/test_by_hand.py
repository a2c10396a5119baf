"""What a fault leaves behind when it was healed by hand."""

from dataclasses import replace

from stackproof.model import ContainerState, ContainerStatus
from stackproof.run.by_hand import why_not_back
from tests.unit.fake_runs import RunOnFake

ENDED = ContainerState(ContainerStatus.EXITED, exit_code=1)


def test_what_works_again_is_back(fake_run: RunOnFake) -> None:
    """It is looked at for a while, because some services die again at once."""
    assert why_not_back(fake_run.engine, fake_run.engine.all_states()) == ""


def test_what_does_not_work_again_is_named(fake_run: RunOnFake) -> None:
    """With what the engine says of it."""
    before = fake_run.engine.all_states()
    fake_run.engine.states["store"] = ENDED
    assert why_not_back(fake_run.engine, before, within_s=0.5) == "the engine says exited of store"


def test_what_did_not_work_before_is_not_waited_for(fake_run: RunOnFake) -> None:
    """A job that was done, or a service that was broken already."""
    fake_run.engine.states["store"] = replace(ENDED, exit_code=0)
    assert why_not_back(fake_run.engine, fake_run.engine.all_states()) == ""
