"""What the engine tells of a run's containers while they live."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol, cast

from stackproof.engine.docker import labels
from stackproof.engine.docker.client import connect, engine_errors
from stackproof.model import EngineError

_LET_GO_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Change:
    """Something that the engine says happened to a service's container.

    Attributes:
        service: Name of the service.
        action: The engine's word: ``start``, ``die``, ``kill``, ``health_status: healthy``, ``pause``...
        at_ns: When, in nanoseconds of wall time since 1970.
    """

    service: str
    action: str
    at_ns: int


Tell = Callable[[Change], None]


class Stream(Protocol):
    """Events as they come, until it is closed."""

    def __next__(self) -> dict[str, object]:
        """The next one; waits for it."""

    def close(self) -> None:
        """End it, also for a thread that waits for the next one."""


@contextmanager
def watched(run: str, tell: Tell, actions: Sequence[str] = ()) -> Iterator[None]:
    """Tell of what happens to a run's services while the block runs.

    Args:
        run: The run's id.
        tell: Takes each change, in a thread of its own.
        actions: The engine's words for what is told: ``health_status`` is any of that kind; all where empty.

    Raises:
        EngineError: The engine does not answer, or it stopped telling before the block ended.
        Exception: Whatever ``tell`` raised first; nothing was told after that.
    """
    wanted = {"type": ["container"], "label": [f"{labels.RUN}={run}"], "event": list(actions)}
    with engine_errors("listening to its events"):
        stream = connect().events(decode=True, filters={key: each for key, each in wanted.items() if each})
    with relayed(stream, tell):
        yield


@contextmanager
def relayed(stream: Stream, tell: Tell) -> Iterator[None]:
    """Tell of what a stream says while the block runs; see ``watched``."""
    relay = _Relay(stream, tell)
    relay.start()
    try:
        yield
    finally:
        relay.close()
    if relay.failure is not None:
        raise relay.failure


class _Relay(threading.Thread):
    def __init__(self, stream: Stream, tell: Tell) -> None:
        super().__init__(name="engine-events", daemon=True)
        self._stream = stream
        self._tell = tell
        self._closing = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        """Pass on what comes."""
        try:
            while (event := self._next()) is not None:
                self._pass_on(event)
        except Exception as error:  # noqa: BLE001 - whatever it is, the end of the block tells it
            self.failure = error

    def close(self) -> None:
        """Hear no more."""
        self._closing.set()
        with suppress(OSError, AttributeError):  # docker-py, of a stream whose other end has gone
            self._stream.close()
        self.join(_LET_GO_WITHIN_S)

    def _next(self) -> dict[str, object] | None:
        """The next event, or None where we closed the stream: docker-py then raises what it happens to meet."""
        try:
            return next(self._stream)
        except Exception as error:
            if self._closing.is_set():
                return None
            raise EngineError(
                "expected the engine to tell of its containers until the run ended, it stopped",
                fix="look into the engine's own log: it may have been started again",
            ) from error

    def _pass_on(self, event: dict[str, object]) -> None:
        attributes = cast("dict[str, dict[str, str]]", event["Actor"])["Attributes"]
        action = str(event["Action"])
        if attributes.get(labels.ROLE) == labels.ROLE_SERVICE and not action.startswith("exec_"):
            self._tell(Change(attributes[labels.SERVICE], action, int(cast("int", event["timeNano"]))))
