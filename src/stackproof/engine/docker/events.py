"""The engine's events about a run's containers."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol, cast

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.states import action_of
from stackproof.model import ContainerChange, EngineError

_CLOSES_WITHIN_S = 5.0

Notify = Callable[[ContainerChange], None]


class EventStream(Protocol):
    """Events as they come, until it is closed."""

    def __next__(self) -> dict[str, object]:
        """Wait for the next one."""

    def close(self) -> None:
        """End it, also for a thread that waits for the next one."""


@contextmanager
def watched(run: str, notify: Notify, events: Sequence[str] = ()) -> Iterator[None]:
    """Report changes of a run's services while the block runs.

    Args:
        run: The run's id.
        notify: Takes each change, in a thread of its own.
        events: The engine's names of the events that are reported; ``health_status`` is any of that kind. All where
            empty.

    Raises:
        EngineError: The engine does not answer, or stopped reporting before the block ended.
        Exception: Whatever ``notify`` raised first; nothing is reported after that.
    """
    wanted = {"type": ["container"], "label": [f"{labels.RUN}={run}"], "event": list(events)}
    with engine_errors("subscribing to its events"):
        stream = connect().events(decode=True, filters={key: each for key, each in wanted.items() if each})
    with relayed(stream, notify):
        yield


@contextmanager
def relayed(stream: EventStream, notify: Notify) -> Iterator[None]:
    """Report what comes from a stream while the block runs; see ``watched``."""
    relay = _Relay(stream, notify)
    relay.start()
    try:
        yield
    finally:
        relay.close()
    if relay.failure is not None:
        raise relay.failure


class _Relay(threading.Thread):
    def __init__(self, stream: EventStream, notify: Notify) -> None:
        super().__init__(name="engine-events", daemon=True)
        self._stream = stream
        self._notify = notify
        self._closing = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        """Pass on each event, and after a failure read the rest: the end of the stream closes its connection."""
        try:
            while (event := self._next()) is not None:
                if self.failure is None:
                    self._try_to_pass_on(event)
        except EngineError as error:
            self.failure = self.failure or error

    def close(self) -> None:
        """Close the stream, and wait for the thread."""
        self._closing.set()
        with suppress(OSError, AttributeError):  # docker-py raises these where the other end has gone
            self._stream.close()
        self.join(_CLOSES_WITHIN_S)

    def _next(self) -> dict[str, object] | None:
        """The next event, or None where we closed the stream, on which docker-py raises whatever it happens to meet."""
        try:
            return next(self._stream)
        except Exception as error:
            if self._closing.is_set():
                return None
            raise EngineError(
                "expected the engine to report events until the run ended, but it stopped",
                fix="read the engine's own log: it may have been restarted",
            ) from error

    def _try_to_pass_on(self, event: dict[str, object]) -> None:
        try:
            self._pass_on(event)
        except Exception as error:  # noqa: BLE001 - a thread's error is raised at the end of the block
            self.failure = error

    def _pass_on(self, event: dict[str, object]) -> None:
        attributes = cast("dict[str, dict[str, str]]", event["Actor"])["Attributes"]
        action = action_of(str(event["Action"]))
        if action is not None and attributes.get(labels.ROLE) == labels.ROLE_SERVICE:
            self._notify(ContainerChange(attributes[labels.SERVICE], action, int(cast("int", event["timeNano"]))))
