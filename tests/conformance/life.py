"""Role *life*: reading, starting, finding, watching and sweeping."""

from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from stackproof.engine.port import Capability, PortPolicy, StartOrder
from stackproof.model import ContainerAction, ContainerChange, DeclarationError, EngineError
from tests.conformance.subject import BARE, BARE_SERVICE, NETWORKS, STORE, STORE_SERVICE, TOOL, Subject, eventually

_LAST_S = 30.0


def check_a_declaration_is_read_as_a_stack(subject: Subject) -> None:
    """Services, networks, ports, links and what starts on demand are those that the file declares."""
    stack = subject.engine.read(subject.file).stack
    assert stack.file == subject.file
    assert {network.name: network.internal for network in stack.networks} == {
        network.name: network.internal for network in NETWORKS
    }
    assert {*stack.service(STORE).links} == {*STORE_SERVICE.links}
    assert stack.service(BARE).links == BARE_SERVICE.links == ()
    assert {service.name for service in stack.standing} == {STORE, BARE}
    assert stack.service(TOOL).on_demand


def check_a_reading_that_was_begun_is_used(subject: Subject) -> None:
    """The declaration is the same, whether or not its resolution was begun before; closing it twice is fine."""
    reading = subject.engine.begin_reading(subject.file)
    assert reading.is_sound
    assert subject.engine.read(subject.file, reading).stack == subject.engine.read(subject.file).stack
    reading.close()
    reading.close()


def check_a_missing_declaration_is_an_error(subject: Subject) -> None:
    """It names the file."""
    missing = subject.file.with_name("missing.yaml")
    with pytest.raises(DeclarationError, match=r"missing\.yaml"):
        subject.engine.read(missing)


def check_a_running_stack_is_found_by_its_folder(subject: Subject) -> None:
    """Another process finds the same run, with the same stack and states."""
    found = subject.engine.find(subject.running.folder)
    assert (found.run, found.folder) == (subject.running.run, subject.running.folder)
    assert found.stack == subject.running.stack
    assert found.state(STORE).status is subject.running.state(STORE).status


def check_a_folder_without_a_record_has_no_stack(subject: Subject) -> None:
    """It is an error that names the folder's file or the folder, not an empty stack."""
    empty = subject.running.folder / "empty"
    empty.mkdir(exist_ok=True)
    with pytest.raises(EngineError, match="empty"):
        subject.engine.find(empty)


def check_a_run_is_listed_with_its_folder_while_it_runs(subject: Subject) -> None:
    """What runs, and where its record is, the engine knows by itself."""
    assert subject.engine.runs()[subject.running.run] == subject.running.folder
    left = subject.engine.leftovers(subject.running.run)
    assert left
    assert left.containers
    assert left.networks


def check_a_sweep_removes_a_run_and_no_other(subject: Subject) -> None:
    """Everything of the run is removed and named; a second sweep finds nothing; another run is untouched."""
    others = subject.engine.leftovers(subject.running.run)
    with subject.another() as other:
        had = subject.engine.leftovers(other.run)
        removed = subject.engine.sweep(other.run)
        assert removed.containers
        assert {*removed.containers} >= {*had.containers}
        assert {*removed.networks} >= {*had.networks}
        assert not subject.engine.leftovers(other.run)
        assert other.run not in subject.engine.runs()
        assert not subject.engine.sweep(other.run)
    assert subject.engine.leftovers(subject.running.run) == others
    assert subject.running.state(STORE).status.is_up


def check_two_runs_of_one_stack_do_not_disturb_each_other(subject: Subject) -> None:
    """What is done to one is not done to the other."""
    with subject.another() as other:
        assert other.run != subject.running.run
        other.kill(STORE)
        eventually(lambda: other.state(STORE), lambda state: state.status.has_ended)
        assert subject.running.state(STORE).status.is_up


def check_a_start_reports_what_it_does(subject: Subject) -> None:
    """A person who waits sees that something happens."""
    lines: list[str] = []
    folder = subject.running.folder / "reported"
    folder.mkdir(exist_ok=True)
    order = StartOrder(subject.engine.read(subject.file), f"{subject.running.run}-r", folder, PortPolicy.DYNAMIC)
    try:
        subject.engine.start(order, lines.append)
    finally:
        subject.engine.sweep(order.run)
    assert lines


def check_changes_are_reported_while_a_stack_is_watched(subject: Subject) -> None:
    """A freeze and its end are reported in order, with the service and the engine's time; nothing is, afterwards."""
    seen: SimpleQueue[ContainerChange] = SimpleQueue()
    with subject.running.watched(seen.put):
        subject.running.pause(BARE)
        subject.running.unpause(BARE)
        first, second = seen.get(timeout=_LAST_S), seen.get(timeout=_LAST_S)
    subject.running.pause(BARE)
    subject.running.unpause(BARE)
    assert [(each.service, each.action) for each in (first, second)] == [
        (BARE, ContainerAction.PAUSED),
        (BARE, ContainerAction.UNPAUSED),
    ]
    assert first.at_ns <= second.at_ns
    assert abs(first.at_ns / 1e9 - subject.running.now_s()) < 10 * _LAST_S
    with suppress(Empty):
        pytest.fail(f"reported after the watch: {seen.get(timeout=0.2)}")


def check_what_a_notification_raises_is_raised_at_the_end(subject: Subject) -> None:
    """A record that cannot be written does not end in silence."""
    seen: SimpleQueue[None] = SimpleQueue()

    def fail(_change: ContainerChange) -> None:
        seen.put(None)
        raise OSError("no space left")

    def watch() -> None:
        with subject.running.watched(fail):
            subject.running.pause(BARE)
            seen.get(timeout=_LAST_S)

    with pytest.raises(OSError, match="no space left"):
        watch()
    subject.running.unpause(BARE)


def check_a_dismissed_guard_leaves_the_stack_alone(subject: Subject) -> None:
    """Dismissing one twice, or one that was never started, does nothing."""
    guard = subject.engine.guard(subject.running.run, subject.running.folder)
    guard.dismiss()
    guard.start()
    guard.dismiss()
    guard.dismiss()
    assert subject.running.state(STORE).status.is_up


def check_a_missing_capability_has_a_reason(subject: Subject) -> None:
    """The reason is words to complete a sentence; engine and stack agree about most."""
    for capability in Capability:
        for able in (subject.engine, subject.running):
            reason = able.lacks(capability)
            assert reason is None or reason.strip(), f"{capability}: {reason!r}"


def check_a_stack_file_has_a_usual_name(subject: Subject) -> None:
    """Each is a name, not a path."""
    assert subject.engine.file_names
    assert all(Path(name).name == name != "" for name in subject.engine.file_names)
