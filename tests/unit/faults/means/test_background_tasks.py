from contextlib import suppress
from threading import Barrier, Event, Thread

import pytest

from stackproof.faults.means.background_tasks import Act, BackgroundTasks
from stackproof.model import EngineError, FaultError, FaultSpec

SPEC = FaultSpec.parse("flap front/web:80")
WITHIN_S = 30.0


def wait(stopping: Event) -> None:
    """Do nothing until stopped."""
    stopping.wait()


def test_it_acts_until_it_is_stopped() -> None:
    """Once stop has returned, nothing acts any more; a second call does nothing, and it can be started again."""
    tasks = BackgroundTasks()
    began, ended = Event(), Event()

    def act(stopping: Event) -> None:
        began.set()
        stopping.wait()
        ended.set()

    tasks.start(SPEC, act)
    assert began.wait(WITHIN_S)
    assert not ended.is_set()
    tasks.stop(SPEC)
    assert ended.is_set()
    tasks.stop(SPEC)
    tasks.start(SPEC, act)
    tasks.stop(SPEC)


def test_stopping_does_nothing_if_nothing_acts() -> None:
    """Another process that heals has no thread to stop; and one fault does not stop another."""
    tasks = BackgroundTasks()
    started: list[Event] = []
    began = Event()

    def act(stopping: Event) -> None:
        started.append(stopping)
        began.set()
        stopping.wait()

    tasks.start(SPEC, act)
    assert began.wait(WITHIN_S)
    tasks.stop(FaultSpec.parse("flap front/web:443"))
    assert not started[0].is_set()
    tasks.stop(SPEC)
    assert started[0].is_set()


def test_a_fault_has_one_thread() -> None:
    """Two at a time would undo each other's work."""
    tasks = BackgroundTasks()
    tasks.start(SPEC, wait)
    with pytest.raises(FaultError, match="fault 'flap front/web:80' is already held by this process"):
        tasks.start(SPEC, lambda _stopping: None)
    tasks.stop(SPEC)


def refuse(_stopping: Event) -> None:
    """Fail as an engine does."""
    raise EngineError("the engine is gone")


def crash(_stopping: Event) -> None:
    """Fail as a bug does."""
    raise ZeroDivisionError("no luck")


@pytest.mark.parametrize(
    ("act", "words"), [(refuse, "the engine is gone"), (crash, "ZeroDivisionError: no luck")], ids=["engine", "bug"]
)
def test_an_error_in_the_background_is_raised_by_stop(act: Act, words: str) -> None:
    """It is not lost, is raised once, and has its cause."""
    tasks = BackgroundTasks()
    tasks.start(SPEC, act)
    with pytest.raises(
        FaultError, match=f"expected it to act until it was healed, it stopped early: {words}"
    ) as raised:
        tasks.stop(SPEC)
    assert raised.value.__cause__ is not None
    tasks.stop(SPEC)


def ends(tasks: BackgroundTasks) -> bool:
    """Try to stop it; true if it ended."""
    with suppress(FaultError):
        tasks.stop(SPEC)
        return True
    return False


def test_a_thread_that_does_not_stop_is_an_error_and_not_forgotten() -> None:
    """Stop raises an error, and can be called again."""
    tasks = BackgroundTasks(stops_within_s=0.01)
    release = Event()

    def act(_stopping: Event) -> None:
        release.wait()

    tasks.start(SPEC, act)
    with pytest.raises(FaultError, match=r"expected its background thread to stop within 0\.01 s, it still runs"):
        tasks.stop(SPEC)
    release.set()
    while not ends(tasks):  # it may not have noticed yet
        pass
    tasks.start(SPEC, lambda _stopping: None)
    tasks.stop(SPEC)


def test_two_threads_may_stop_it_at_the_same_time() -> None:
    """Both return once it has ended, and one of them gets its error."""
    tasks = BackgroundTasks()
    barrier = Barrier(2)
    raised: list[FaultError] = []

    def act(stopping: Event) -> None:
        stopping.wait()
        raise EngineError("the engine is gone")

    def stop() -> None:
        barrier.wait()
        try:
            tasks.stop(SPEC)
        except FaultError as error:
            raised.append(error)

    tasks.start(SPEC, act)
    stoppers = [Thread(target=stop) for _ in range(2)]
    for each in stoppers:
        each.start()
    for each in stoppers:
        each.join(WITHIN_S)
    assert len(raised) == 1
