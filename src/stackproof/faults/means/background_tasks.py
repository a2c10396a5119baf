"""Background threads of faults that act again and again while they are held, found by the text of their fault.

``inject`` starts a thread and ``heal`` stops it. A process that injected nothing has none, and stopping does nothing
there: a process that heals from the journal only has to repair the target. The threads are daemons, so they end with
their process, however it ends. They are named by the text alone, so a process holds one fault of one text at a time.
"""

from collections.abc import Callable
from threading import Event, Lock, Thread

from stackproof.model import FaultError, FaultSpec, StackproofError

_STOPS_WITHIN_S = 90.0  # longer than any single call of the engine or of a proxy takes

Act = Callable[[Event], None]
"""Acts until the event is set, and waits for nothing else."""


class _Task(Thread):
    def __init__(self, spec: FaultSpec, act: Act) -> None:
        super().__init__(name=f"fault {spec}", daemon=True)
        self._act = act
        self._stopping = Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        """Act until stopped, or until it fails."""
        try:
            self._act(self._stopping)
        except Exception as error:  # noqa: BLE001 - of whatever kind, the heal reports it
            self.failure = error

    def stop(self, within_s: float) -> bool:
        """Stop it and wait for its end; False if it has not ended in time."""
        self._stopping.set()
        self.join(within_s)
        return not self.is_alive()


class BackgroundTasks:
    """The background threads of this process's faults; safe to use from several threads.

    Args:
        stops_within_s: How long a thread may take to stop, in seconds.
    """

    def __init__(self, stops_within_s: float = _STOPS_WITHIN_S) -> None:
        self._stops_within_s = stops_within_s
        self._lock = Lock()
        self._tasks: dict[str, _Task] = {}

    def start(self, spec: FaultSpec, act: Act) -> None:
        """Begin to act for a fault, in a thread of its own.

        Raises:
            FaultError: A thread already acts for a fault of this text.
        """
        with self._lock:
            if str(spec) in self._tasks:
                raise FaultError(f"fault '{spec}' is already held by this process", fix="heal that one first")
            task = _Task(spec, act)
            task.start()
            self._tasks[str(spec)] = task

    def stop(self, spec: FaultSpec) -> None:
        """Stop what acts for a fault and wait for its end; nothing happens if nothing acts for it.

        Raises:
            FaultError: It had failed, which is reported once; or it does not stop.
        """
        with self._lock:
            task = self._tasks.get(str(spec))
        if task is None:
            return
        if not task.stop(self._stops_within_s):
            raise FaultError(
                f"fault '{spec}': expected its background thread to stop within {self._stops_within_s:g} s, "
                "it still runs",
                fix="stackproof down",
            )
        if self._forget(spec, task) and task.failure is not None:
            raise FaultError(
                f"fault '{spec}': expected it to act until it was healed, it stopped early: {_text(task.failure)}",
                fix="do not rely on what was observed while it was held",
            ) from task.failure

    def _forget(self, spec: FaultSpec, task: _Task) -> bool:
        """True for the first of several threads that stop it."""
        with self._lock:
            is_first = self._tasks.get(str(spec)) is task
            if is_first:
                del self._tasks[str(spec)]
            return is_first


def _text(failure: Exception) -> str:
    return failure.message if isinstance(failure, StackproofError) else f"{type(failure).__name__}: {failure}"


BACKGROUND = BackgroundTasks()
"""The background threads of this process."""
