"""A watch sees every probe of every service, and never goes blind in silence."""

from threading import Event
from threading import enumerate as all_threads

import pytest

from stackproof.engine.port import Address
from stackproof.model import ContainerState, EngineError, FaultError, HistoryError, ProbeKind, ProbeReading
from stackproof.run.probe_watch import Watch
from tests.unit.grounds import WITHIN_S, Ground


class Notes:
    """Takes readings, and says when there are enough."""

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
    """Threads of watches that are at work."""
    return [each.name for each in all_threads() if each.name.startswith("watch ")]


def test_each_probe_is_asked_again_and_again(standing: Ground) -> None:
    """Liveness and readiness, with the engine's word of the time; afterwards nobody asks any more."""
    notes = Notes()
    watch = Watch(standing.engine, notes.take)
    with watch.on():
        assert notes.are_enough.wait(WITHIN_S)
    assert watch.readings == notes.taken
    assert {(each.service, each.kind) for each in notes.taken} == {
        ("web", ProbeKind.LIVENESS),
        ("web", ProbeKind.READINESS),
    }
    assert {(each.ok, each.engine_state) for each in notes.taken} == {(True, "running")}
    assert not watchers()


def test_a_service_that_cannot_be_reached_says_no(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine has no way to it, that is an answer too."""
    notes = Notes()

    def gone(_service: str, _port: int) -> Address:
        raise EngineError("its container is gone")

    monkeypatch.setattr(standing.engine, "direct", gone)
    with Watch(standing.engine, notes.take).on():
        assert notes.are_enough.wait(WITHIN_S)
    assert {(each.ok, each.detail) for each in notes.taken} == {(False, "its container is gone")}


def test_an_engine_that_does_not_answer_is_asked_again(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy engine does not end the watch; what it did not say is not known."""
    notes = Notes()

    def busy() -> dict[str, ContainerState]:
        raise EngineError("busy")

    monkeypatch.setattr(standing.engine, "all_states", busy)
    with Watch(standing.engine, notes.take).on():
        assert notes.are_enough.wait(WITHIN_S)
    assert {each.engine_state for each in notes.taken} == {""}


def test_a_record_that_cannot_be_written_is_told_at_the_end(standing: Ground) -> None:
    """Nobody hears a thread die: whoever watches does."""
    refused = Event()

    def refuse(_reading: ProbeReading) -> None:
        refused.set()
        raise HistoryError("no space left")

    with pytest.raises(HistoryError, match="no space left"), Watch(standing.engine, refuse).on():
        assert refused.wait(WITHIN_S)
    assert not watchers()


def test_a_way_that_does_not_exist_is_told_at_the_end(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that cannot be asked at all is a mistake, and no answer."""
    asked = Event()

    def no_way(_service: str, _port: int) -> Address:
        asked.set()
        raise FaultError("no way in")

    monkeypatch.setattr(standing.engine, "direct", no_way)
    with pytest.raises(FaultError, match="no way in"), Watch(standing.engine, Notes().take).on():
        assert asked.wait(WITHIN_S)


def test_what_the_block_raised_is_not_hidden(standing: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed expectation says more than the watch's own trouble."""
    asked = Event()

    def no_way(_service: str, _port: int) -> Address:
        asked.set()
        raise FaultError("no way in")

    monkeypatch.setattr(standing.engine, "direct", no_way)

    def expect() -> None:
        assert asked.wait(WITHIN_S)
        raise AssertionError("users waited")

    with pytest.raises(AssertionError, match="users waited"), Watch(standing.engine, Notes().take).on():
        expect()
