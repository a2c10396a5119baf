"""The engine's events are passed on, and a watch never ends in silence."""

from queue import SimpleQueue
from threading import Event
from threading import enumerate as all_threads

import pytest

from stackproof.engine.docker import labels
from stackproof.engine.docker.events import relayed
from stackproof.model import ContainerAction, ContainerChange, EngineError, HistoryError

WITHIN_S = 30.0
CLOSED = "closed"


class FakeStream:
    """A stream as docker-py's, which ends in whatever it meets when it is closed.

    Args:
        at_close: What a wait for the next event then raises.
    """

    def __init__(self, at_close: Exception | None = None) -> None:
        self.queue: SimpleQueue[dict[str, object] | Exception] = SimpleQueue()
        self._at_close = at_close or StopIteration()

    def __next__(self) -> dict[str, object]:
        item = self.queue.get(timeout=WITHIN_S)
        if isinstance(item, Exception):
            raise item
        return item

    def close(self) -> None:
        """End it."""
        self.queue.put(self._at_close)


def event(action: str, role: str = labels.ROLE_SERVICE) -> dict[str, object]:
    """An event as the engine writes it."""
    attributes = {labels.ROLE: role, labels.SERVICE: "web"}
    return {"Action": action, "timeNano": 7, "Actor": {"Attributes": attributes}}


class Recorder:
    """Records changes, and sets an event at the last that matters."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error
        self.changes: list[ContainerChange] = []
        self.has_death = Event()

    def record(self, change: ContainerChange) -> None:
        """Record one."""
        self.changes.append(change)
        if change.action is ContainerAction.ENDED:
            self.has_death.set()
        if self._error is not None:
            raise self._error


def test_changes_of_services_are_reported() -> None:
    """What happens to proxies and helpers, and what is run inside a service, is not a change of the service."""
    stream, recorder = FakeStream(), Recorder()
    for each in (
        event("start"),
        event("start", labels.ROLE_PROXY),
        event("exec_start: date"),
        event("health_status: unhealthy"),
        event("die"),
    ):
        stream.queue.put(each)
    with relayed(stream, recorder.record):
        assert recorder.has_death.wait(WITHIN_S)
    assert recorder.changes == [
        ContainerChange("web", ContainerAction.STARTED, 7),
        ContainerChange("web", ContainerAction.UNHEALTHY, 7),
        ContainerChange("web", ContainerAction.ENDED, 7),
    ]


@pytest.mark.parametrize("at_close", [StopIteration(), AttributeError("closed"), ValueError("I/O on a closed file")])
def test_a_closed_stream_ends_without_an_error(at_close: Exception) -> None:
    """Whatever docker-py meets then, the end of a watch is not an error."""
    with relayed(FakeStream(at_close), Recorder().record):
        pass


def test_an_error_of_the_record_is_raised_at_the_end() -> None:
    """A full disk does not make the record end in silence."""
    stream, recorder = FakeStream(), Recorder(HistoryError("no space left"))
    stream.queue.put(event("die"))
    with pytest.raises(HistoryError, match="no space left"), relayed(stream, recorder.record):
        assert recorder.has_death.wait(WITHIN_S)


@pytest.mark.parametrize("end", [StopIteration(), ValueError("half a line")])
def test_a_stream_that_ends_by_itself_is_an_error_at_the_end(end: Exception) -> None:
    """A restarted engine reports nothing any more, and the record would lack what happened since."""
    stream, recorder = FakeStream(), Recorder()
    stream.queue.put(event("die"))
    stream.queue.put(end)
    with pytest.raises(EngineError, match="expected the engine to report events until the run ended"):
        watch_to_the_end(stream, recorder)


def watch_to_the_end(stream: FakeStream, recorder: Recorder) -> None:
    """Watch until the stream has ended."""
    with relayed(stream, recorder.record):
        assert recorder.has_death.wait(WITHIN_S)
        for thread in (each for each in all_threads() if each.name == "engine-events"):
            thread.join(WITHIN_S)


def test_what_the_block_raised_is_not_hidden() -> None:
    """A failed expectation says more than a record that could not be written."""
    stream, recorder = FakeStream(), Recorder(HistoryError("no space left"))
    stream.queue.put(event("die"))

    def expect() -> None:
        assert recorder.has_death.wait(WITHIN_S)
        raise AssertionError("users waited")

    with pytest.raises(AssertionError, match="users waited"), relayed(stream, recorder.record):
        expect()
