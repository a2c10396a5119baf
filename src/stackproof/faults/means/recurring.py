"""What acts again and again while a fault holds: background threads, found by the text of their fault.

``inject`` starts one and ``heal`` stops it. In a process that injected nothing there is none, and stopping does
nothing: whoever heals from the journal has only to put the target right. The threads are daemons, so they end with
their process however it ends. The text alone names them, so one process holds a fault of one text on one stack at a
time.
"""

from collections.abc import Callable
from threading import Event, Lock, Thread

from stackproof.model import FaultError, FaultSpec, StackproofError

_STOPS_WITHIN_S = 90.0  # longer than any one call of the engine or of a proxy takes

Act = Callable[[Event], None]
"""Acts until the event is set; it waits on nothing else."""


class _Actor(Thread):
    def __init__(self, spec: FaultSpec, act: Act) -> None:
        super().__init__(name=f"fault {spec}", daemon=True)
        self._act = act
        self._stopping = Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        """Act until it is told to end, or fails."""
        try:
            self._act(self._stopping)
        except Exception as error:  # noqa: BLE001 - whatever it is, the heal tells it
            self.failure = error

    def ends(self, within_s: float) -> bool:
        """Tell it to end, and wait for it; False where it goes on."""
        self._stopping.set()
        self.join(within_s)
        return not self.is_alive()


class Actors:
    """What acts in this process; safe to use from several threads.

    Args:
        stops_within_s: How long one may take to end once it is told to, in seconds.
    """

    def __init__(self, stops_within_s: float = _STOPS_WITHIN_S) -> None:
        self._stops_within_s = stops_within_s
        self._lock = Lock()
        self._actors: dict[str, _Actor] = {}

    def start(self, spec: FaultSpec, act: Act) -> None:
        """Begin to act for a fault, in a thread of its own.

        Raises:
            FaultError: Something acts for a fault of this text already.
        """
        with self._lock:
            if str(spec) in self._actors:
                raise FaultError(
                    f"fault '{spec}': expected that nothing acts for it in this process yet, something does",
                    fix="heal that one first",
                )
            actor = _Actor(spec, act)
            actor.start()
            self._actors[str(spec)] = actor

    def stop(self, spec: FaultSpec) -> None:
        """End what acts for a fault, and wait for it; nothing happens where nothing does.

        Raises:
            FaultError: It had failed, which is told once; or it does not end.
        """
        with self._lock:
            actor = self._actors.get(str(spec))
        if actor is None:
            return
        if not actor.ends(self._stops_within_s):
            raise FaultError(
                f"fault '{spec}': expected what acts for it to end within {self._stops_within_s:g} s, it goes on",
                fix="stackproof down",
            )
        if self._forget(spec, actor) and actor.failure is not None:
            raise FaultError(
                f"fault '{spec}': expected it to act until it was healed, it stopped early: {_words(actor.failure)}",
                fix="do not count on what was seen while it held",
            ) from actor.failure

    def _forget(self, spec: FaultSpec, actor: _Actor) -> bool:
        """True for the first of those that stop it."""
        with self._lock:
            is_first = self._actors.get(str(spec)) is actor
            if is_first:
                del self._actors[str(spec)]
            return is_first


def _words(failure: Exception) -> str:
    return failure.message if isinstance(failure, StackproofError) else f"{type(failure).__name__}: {failure}"


ACTORS = Actors()
"""Those of this process."""
