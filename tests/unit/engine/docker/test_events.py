"""What the engine tells is passed on, and nobody goes deaf in silence."""

from queue import SimpleQueue
from threading import Event
from threading import enumerate as all_threads

import pytest

from stackproof.engine.docker import labels
from stackproof.engine.docker.events import Change, relayed
from stackproof.model import EngineError, HistoryError

WITHIN_S = 30.0
CLOSED = "closed"


class FakeStream:
    """A stream as docker-py's, which ends in whatever it meets when it is closed.

    Args:
        at_close: What whoever waits for the next event then meets.
    """

    def __init__(self, at_close: Exception | None = None) -> None:
        self.queue: SimpleQueue[dict[str, object] | Exception] = SimpleQueue()
        self._at_close = at_close or StopIteration()

    def __next__(self) -> dict[str, object]:
        said = self.queue.get(timeout=WITHIN_S)
        if isinstance(said, Exception):
            raise said
        return said

    def close(self) -> None:
        """End it."""
        self.queue.put(self._at_close)


def said(action: str, role: str = labels.ROLE_SERVICE) -> dict[str, object]:
    """An event as the engine writes it."""
    attributes = {labels.ROLE: role, labels.SERVICE: "web"}
    return {"Action": action, "timeNano": 7, "Actor": {"Attributes": attributes}}


class Ear:
    """Hears changes, and says when it heard the last that matters."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error
        self.heard: list[Change] = []
        self.heard_death = Event()

    def hear(self, change: Change) -> None:
        """Hear one."""
        self.heard.append(change)
        if change.action == "die":
            self.heard_death.set()
        if self._error is not None:
            raise self._error


def test_changes_of_services_are_told() -> None:
    """What happens to proxies and helpers, and what is run inside a service, is no change of it."""
    stream, ear = FakeStream(), Ear()
    for event in (said("start"), said("start", labels.ROLE_PROXY), said("exec_start: date"), said("die")):
        stream.queue.put(event)
    with relayed(stream, ear.hear):
        assert ear.heard_death.wait(WITHIN_S)
    assert ear.heard == [Change("web", "start", 7), Change("web", "die", 7)]


@pytest.mark.parametrize("at_close", [StopIteration(), AttributeError("closed"), ValueError("I/O on a closed file")])
def test_a_stream_that_was_closed_is_let_go(at_close: Exception) -> None:
    """Whatever docker-py meets then, the end of a watch is no error."""
    with relayed(FakeStream(at_close), Ear().hear):
        pass


def test_a_record_that_cannot_be_written_is_told_at_the_end() -> None:
    """A full disk does not make the record end in silence."""
    stream, ear = FakeStream(), Ear(HistoryError("no space left"))
    stream.queue.put(said("die"))
    with pytest.raises(HistoryError, match="no space left"), relayed(stream, ear.hear):
        assert ear.heard_death.wait(WITHIN_S)


@pytest.mark.parametrize("end", [StopIteration(), ValueError("half a line")])
def test_a_stream_that_ends_by_itself_is_told_at_the_end(end: Exception) -> None:
    """An engine that was started again tells no more, and the record would lack what happened since."""
    stream, ear = FakeStream(), Ear()
    stream.queue.put(said("die"))
    stream.queue.put(end)
    with pytest.raises(EngineError, match="expected the engine to tell of its containers until the run ended"):
        hear_the_end(stream, ear)


def hear_the_end(stream: FakeStream, ear: Ear) -> None:
    """Watch until the stream has said all that it has to say."""
    with relayed(stream, ear.hear):
        assert ear.heard_death.wait(WITHIN_S)
        for thread in (each for each in all_threads() if each.name == "engine-events"):
            thread.join(WITHIN_S)


def test_what_the_block_raised_is_not_hidden() -> None:
    """A failed expectation says more than a record that could not be written."""
    stream, ear = FakeStream(), Ear(HistoryError("no space left"))
    stream.queue.put(said("die"))

    def expect() -> None:
        assert ear.heard_death.wait(WITHIN_S)
        raise AssertionError("users waited")

    with pytest.raises(AssertionError, match="users waited"), relayed(stream, ear.hear):
        expect()
