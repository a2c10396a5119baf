"""A watch asks every probe of every service, and never stops without an error."""

from threading import Event
from threading import enumerate as all_threads

import pytest

from stackproof.engine.port import Address
from stackproof.model import ContainerState, EngineError, FaultError, HistoryError, ProbeKind, ProbeReading
from stackproof.run.probe_watch import ProbeWatch
from tests.unit.fake_runs import WITHIN_S, RunOnFake


class Notes:
    """Takes readings, and shows when there are enough."""

    def __init__(self, enough: int = 4) -> None:
        self._enough = enough
        self.taken: list[ProbeReading] = []
        self.are_enough = Event()

    def take(self, reading: ProbeReading) -> None:
        """Take one."""
        self.taken.append(reading)
        if len(self.taken) >= self._enough:
            self.are_enough.set()


def watchers() -> list[str]:
    """Threads of watches that are running."""
    return [each.name for each in all_threads() if each.name.startswith("watch ")]


def test_each_probe_is_asked_again_and_again(fake_run: RunOnFake) -> None:
    """Liveness and readiness, with the engine's state of that moment; afterwards nobody asks any more."""
    notes = Notes()
    watch = ProbeWatch(fake_run.engine, notes.take)
    with watch.on():
        assert notes.are_enough.wait(WITHIN_S)
    assert watch.readings == notes.taken
    assert {(each.service, each.kind) for each in notes.taken} == {
        ("web", ProbeKind.LIVENESS),
        ("web", ProbeKind.READINESS),
    }
    assert {(each.ok, each.engine_state) for each in notes.taken} == {(True, "running")}
    assert not watchers()


def test_a_service_that_cannot_be_reached_says_no(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the engine has no address for it, that is an answer too."""
    notes = Notes()

    def gone(_service: str, _port: int) -> Address:
        raise EngineError("its container is gone")

    monkeypatch.setattr(fake_run.engine, "direct", gone)
    with ProbeWatch(fake_run.engine, notes.take).on():
        assert notes.are_enough.wait(WITHIN_S)
    assert {(each.ok, each.detail) for each in notes.taken} == {(False, "its container is gone")}


def test_an_engine_that_does_not_answer_is_asked_again(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy engine does not end the watch; the states that it did not give are unknown."""
    notes = Notes()

    def busy() -> dict[str, ContainerState]:
        raise EngineError("busy")

    monkeypatch.setattr(fake_run.engine, "all_states", busy)
    with ProbeWatch(fake_run.engine, notes.take).on():
        assert notes.are_enough.wait(WITHIN_S)
    assert {each.engine_state for each in notes.taken} == {""}


def test_a_record_that_cannot_be_written_is_an_error_at_the_end(fake_run: RunOnFake) -> None:
    """The error of a thread is raised where the watch ends."""
    refused = Event()

    def refuse(_reading: ProbeReading) -> None:
        refused.set()
        raise HistoryError("no space left")

    with pytest.raises(HistoryError, match="no space left"), ProbeWatch(fake_run.engine, refuse).on():
        assert refused.wait(WITHIN_S)
    assert not watchers()


def test_a_missing_address_is_an_error_at_the_end(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a service cannot be asked at all is a mistake, not an answer."""
    asked = Event()

    def no_way(_service: str, _port: int) -> Address:
        asked.set()
        raise FaultError("no way in")

    monkeypatch.setattr(fake_run.engine, "direct", no_way)
    with pytest.raises(FaultError, match="no way in"), ProbeWatch(fake_run.engine, Notes().take).on():
        assert asked.wait(WITHIN_S)


def test_what_the_block_raised_is_not_hidden(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed expectation is worth more than the watch's own trouble."""
    asked = Event()

    def no_way(_service: str, _port: int) -> Address:
        asked.set()
        raise FaultError("no way in")

    monkeypatch.setattr(fake_run.engine, "direct", no_way)

    def expect() -> None:
        assert asked.wait(WITHIN_S)
        raise AssertionError("users waited")

    with pytest.raises(AssertionError, match="users waited"), ProbeWatch(fake_run.engine, Notes().take).on():
        expect()
