"""Role *files*: services that are recreated with something different."""

import pytest

from stackproof.engine.port import Override
from stackproof.model import EngineError
from tests.conformance.subject import BARE, STORE, Subject

GREEN, ROUND = Override({"COLOUR": "green"}), Override({"SHAPE": "round"})


def check_a_recreated_service_has_what_is_different_and_then_not(subject: Subject) -> None:
    """It runs when that returns; as declared again, it has it no more; restoring it twice does nothing more."""
    subject.running.recreate(BARE, GREEN)
    assert subject.running.exec(BARE, ("printenv", "COLOUR")) == "green\n"
    subject.running.restore(BARE)
    started = subject.running.state(BARE).started_at
    subject.running.restore(BARE)
    assert subject.running.state(BARE).started_at == started
    with pytest.raises(EngineError):
        subject.running.exec(BARE, ("printenv", "COLOUR"))


def check_the_last_override_holds_alone(subject: Subject) -> None:
    """An earlier one is gone."""
    subject.running.recreate(BARE, GREEN)
    subject.running.recreate(BARE, ROUND)
    assert subject.running.exec(BARE, ("printenv", "SHAPE")) == "round\n"
    with pytest.raises(EngineError):
        subject.running.exec(BARE, ("printenv", "COLOUR"))
    subject.running.restore(BARE)


def check_another_process_restores_what_was_recreated(subject: Subject) -> None:
    """Whether a service is as declared is known to the run, not to one process."""
    subject.running.recreate(BARE, GREEN)
    subject.engine.find(subject.running.folder).restore(BARE)
    with pytest.raises(EngineError):
        subject.running.exec(BARE, ("printenv", "COLOUR"))


def check_a_service_that_is_as_declared_is_left_alone(subject: Subject) -> None:
    """It is not recreated for nothing."""
    started = subject.running.state(STORE).started_at
    subject.running.restore(STORE)
    assert subject.running.state(STORE).started_at == started
