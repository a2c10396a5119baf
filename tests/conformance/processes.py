"""Role *processes*: states, ends, freezes, starts, commands and logs."""

from collections.abc import Callable

import pytest

from stackproof.model import ContainerStatus, DeclarationError, EngineError
from tests.conformance.subject import BARE, STORE, TOOL, Subject, eventually

NOBODY = "nobody"
KILLED = 128 + 9


def _ended(subject: Subject) -> None:
    eventually(lambda: subject.running.state(BARE), lambda state: state.status is ContainerStatus.EXITED)


def _back(subject: Subject) -> None:
    subject.running.unpause(BARE)
    subject.running.start(BARE)
    eventually(lambda: subject.running.state(BARE), lambda state: state.status is ContainerStatus.RUNNING)


def check_a_running_service_has_a_start_and_no_exit_code(subject: Subject) -> None:
    """Where the engine knows its start, it is not in the future."""
    state = subject.running.state(STORE)
    assert state.status is ContainerStatus.RUNNING
    assert state.exit_code is None
    assert not state.oom_killed


def check_all_states_are_those_of_the_services_that_start(subject: Subject) -> None:
    """One question gives the status of each; what is on demand is not among them."""
    states = subject.running.all_states()
    assert states.keys() == {STORE, BARE}
    assert {state.status for state in states.values()} == {ContainerStatus.RUNNING}


def check_a_service_on_demand_is_absent(subject: Subject) -> None:
    """It has no container, which is a state and not an error; what needs one is refused."""
    assert subject.running.state(TOOL).status is ContainerStatus.ABSENT
    with pytest.raises(EngineError):
        subject.running.kill(TOOL)


def check_an_unknown_service_is_refused(subject: Subject) -> None:
    """A misspelt name is never taken for a service that has ended."""
    calls: tuple[Callable[[], object], ...] = (
        lambda: subject.running.state(NOBODY),
        lambda: subject.running.kill(NOBODY),
        lambda: subject.running.start(NOBODY),
        lambda: subject.running.stop(NOBODY),
        lambda: subject.running.pause(NOBODY),
        lambda: subject.running.exec(NOBODY, ("echo",)),
        lambda: subject.running.logs(NOBODY),
    )
    for call in calls:
        with pytest.raises(DeclarationError, match=NOBODY):
            call()


def check_a_killed_service_ends_and_starts_again(subject: Subject) -> None:
    """Its exit code says that it was killed; its next start is another one; starting it twice does nothing more."""
    before = subject.running.state(BARE)
    subject.running.kill(BARE)
    _ended(subject)
    assert subject.running.state(BARE).exit_code == KILLED
    subject.running.start(BARE)
    again = eventually(lambda: subject.running.state(BARE), lambda state: state.status is ContainerStatus.RUNNING)
    assert again.started_at != before.started_at
    assert again.exit_code is None
    subject.running.start(BARE)
    assert subject.running.state(BARE).started_at == again.started_at


def check_an_ended_service_cannot_be_killed(subject: Subject) -> None:
    """A fault that would end what has ended says so."""
    subject.running.kill(BARE)
    _ended(subject)
    with pytest.raises(EngineError):
        subject.running.kill(BARE)
    _back(subject)


def check_a_stopped_service_ends_once(subject: Subject) -> None:
    """Stopping it twice does nothing more."""
    subject.running.stop(BARE, grace_s=1)
    _ended(subject)
    code = subject.running.state(BARE).exit_code
    assert code is not None
    subject.running.stop(BARE, grace_s=1)
    assert subject.running.state(BARE).exit_code == code
    _back(subject)


def check_a_frozen_service_is_paused_until_it_goes_on(subject: Subject) -> None:
    """Either twice does nothing more; it has not ended, and goes on in the same run."""
    before = subject.running.state(BARE)
    subject.running.pause(BARE)
    subject.running.pause(BARE)
    frozen = subject.running.state(BARE)
    assert frozen.status is ContainerStatus.PAUSED
    assert frozen.exit_code is None
    subject.running.unpause(BARE)
    subject.running.unpause(BARE)
    assert subject.running.state(BARE).status is ContainerStatus.RUNNING
    assert subject.running.state(BARE).started_at == before.started_at


def check_a_frozen_service_cannot_be_started(subject: Subject) -> None:
    """It has to go on first."""
    subject.running.pause(BARE)
    with pytest.raises(EngineError):
        subject.running.start(BARE)
    _back(subject)


def check_a_restart_can_be_suspended_and_restored_twice(subject: Subject) -> None:
    """Healing twice is as good as healing once."""
    for _ in range(2):
        subject.running.suspend_restart(BARE)
    for _ in range(2):
        subject.running.restore_restart(BARE)


def check_a_command_prints_its_output(subject: Subject) -> None:
    """All of it, as it was printed."""
    assert subject.running.exec(BARE, ("echo", "one", "two")) == "one two\n"


def check_a_failed_command_is_an_error(subject: Subject) -> None:
    """So is one in a service that has ended."""
    with pytest.raises(EngineError, match="ended with 1"):
        subject.running.exec(BARE, ("false",))
    subject.running.kill(BARE)
    _ended(subject)
    with pytest.raises(EngineError):
        subject.running.exec(BARE, ("echo", "anybody"))
    _back(subject)


def check_a_service_has_logs_though_they_may_be_empty(subject: Subject) -> None:
    """At most as many lines as were asked for."""
    assert len(subject.running.logs(STORE, tail=2).splitlines()) <= 2


def check_the_engine_has_a_clock(subject: Subject) -> None:
    """It goes forward, and is the clock of this century."""
    first, second = subject.running.now_s(), subject.running.now_s()
    assert 1_700_000_000 < first <= second
