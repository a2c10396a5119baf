"""Role *helpers*: commands and containers of ours at a service."""

import pytest

from stackproof.engine.port import Place, Shares, Side
from stackproof.model import ContainerStatus, EngineError
from tests.conformance.subject import BARE, STORE, Subject, eventually

FOREVER = ("sleep", "infinity")


def check_a_helper_prints_its_output(subject: Subject) -> None:
    """At either container of a service, and whatever it shares with it."""
    for side in Side:
        assert subject.running.run_helper(Place(STORE, side), ("echo", "here")) == "here\n"
    for shares in Shares:
        assert subject.running.run_helper(Place(BARE, shares=shares), ("echo", "here")) == "here\n"


def check_a_failed_helper_is_an_error(subject: Subject) -> None:
    """Its exit code is named, and nothing of it is left."""
    before = subject.engine.leftovers(subject.running.run)
    with pytest.raises(EngineError, match="ended with 1"):
        subject.running.run_helper(Place(STORE), ("false",))
    assert subject.engine.leftovers(subject.running.run) == before


def check_a_helper_runs_until_it_is_removed(subject: Subject) -> None:
    """One of the same name is replaced; removing it twice is fine; it counts as the run's."""
    before = len(subject.engine.leftovers(subject.running.run).containers)
    for _ in range(2):
        subject.running.start_helper(Place(STORE), "sleeper", FOREVER)
    subject.running.start_helper(Place(BARE), "sleeper", FOREVER)
    assert len(subject.engine.leftovers(subject.running.run).containers) == before + 2
    for _ in range(2):
        subject.running.remove_helper(STORE, "sleeper")
    assert len(subject.engine.leftovers(subject.running.run).containers) == before + 1
    subject.engine.find(subject.running.folder).remove_helper(BARE, "sleeper")
    assert len(subject.engine.leftovers(subject.running.run).containers) == before


def check_only_volumes_are_shared_with_a_service_that_has_ended(subject: Subject) -> None:
    """There is no network and no process to share."""
    subject.running.kill(BARE)
    eventually(lambda: subject.running.state(BARE), lambda state: state.status is ContainerStatus.EXITED)
    for shares in (Shares.NETWORK, Shares.PROCESSES):
        with pytest.raises(EngineError):
            subject.running.run_helper(Place(BARE, shares=shares), ("echo", "here"))
    with pytest.raises(EngineError):
        subject.running.start_helper(Place(BARE), "sleeper", FOREVER)
    assert subject.running.run_helper(Place(BARE, shares=Shares.VOLUMES), ("echo", "here")) == "here\n"
    subject.running.start(BARE)
    eventually(lambda: subject.running.state(BARE), lambda state: state.status is ContainerStatus.RUNNING)
