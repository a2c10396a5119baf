from contextlib import suppress
from threading import Barrier, Event, Thread

import pytest

from stackproof.faults.means.background import Act, BackgroundTasks
from stackproof.model import EngineError, FaultError, FaultSpec

SPEC = FaultSpec.parse("flap front/web:80")
WITHIN_S = 30.0


def wait(stopping: Event) -> None:
    """Do nothing until it is over."""
    stopping.wait()


def test_it_acts_until_it_is_stopped() -> None:
    """When stopping returns, nothing acts any more; a second time does nothing, and a new start is fine."""
    actors = BackgroundTasks()
    began, ended = Event(), Event()

    def act(stopping: Event) -> None:
        began.set()
        stopping.wait()
        ended.set()

    actors.start(SPEC, act)
    assert began.wait(WITHIN_S)
    assert not ended.is_set()
    actors.stop(SPEC)
    assert ended.is_set()
    actors.stop(SPEC)
    actors.start(SPEC, act)
    actors.stop(SPEC)


def test_where_nothing_acts_stopping_does_nothing() -> None:
    """Another process that heals has no thread to stop; nor does one fault stop another."""
    actors = BackgroundTasks()
    told: list[Event] = []
    began = Event()

    def act(stopping: Event) -> None:
        told.append(stopping)
        began.set()
        stopping.wait()

    actors.start(SPEC, act)
    assert began.wait(WITHIN_S)
    actors.stop(FaultSpec.parse("flap front/web:443"))
    assert not told[0].is_set()
    actors.stop(SPEC)
    assert told[0].is_set()


def test_one_text_acts_once() -> None:
    """Two at once would undo each other's work."""
    actors = BackgroundTasks()
    actors.start(SPEC, wait)
    with pytest.raises(FaultError, match="'flap front/web:80': expected that nothing acts for it in this process yet"):
        actors.start(SPEC, lambda _stopping: None)
    actors.stop(SPEC)


def refuse(_stopping: Event) -> None:
    """Fail as an engine does."""
    raise EngineError("the engine is gone")


def stumble(_stopping: Event) -> None:
    """Fail as a bug does."""
    raise ZeroDivisionError("no luck")


@pytest.mark.parametrize(
    ("act", "words"), [(refuse, "the engine is gone"), (stumble, "ZeroDivisionError: no luck")], ids=["engine", "bug"]
)
def test_an_error_in_the_background_is_told_by_whoever_stops_it(act: Act, words: str) -> None:
    """It is not lost, it is told once, and it has its cause."""
    actors = BackgroundTasks()
    actors.start(SPEC, act)
    with pytest.raises(FaultError, match=f"expected it to act until it was healed, it stopped early: {words}") as told:
        actors.stop(SPEC)
    assert told.value.__cause__ is not None
    actors.stop(SPEC)


def ends(actors: BackgroundTasks) -> bool:
    """Try to stop it, and tell whether it ended."""
    with suppress(FaultError):
        actors.stop(SPEC)
        return True
    return False


def test_what_does_not_end_is_told_and_not_forgotten() -> None:
    """Who stops it learns that it goes on, and may try again."""
    actors = BackgroundTasks(stops_within_s=0.01)
    release = Event()

    def act(_stopping: Event) -> None:
        release.wait()

    actors.start(SPEC, act)
    with pytest.raises(FaultError, match=r"expected what acts for it to end within 0\.01 s, it goes on"):
        actors.stop(SPEC)
    release.set()
    while not ends(actors):  # it may not have noticed yet
        pass
    actors.start(SPEC, lambda _stopping: None)
    actors.stop(SPEC)


def test_two_may_stop_it_at_once() -> None:
    """Both return when it ended, and its error is told to one of them."""
    actors = BackgroundTasks()
    barrier = Barrier(2)
    told: list[FaultError] = []

    def act(stopping: Event) -> None:
        stopping.wait()
        raise EngineError("the engine is gone")

    def stop() -> None:
        barrier.wait()
        try:
            actors.stop(SPEC)
        except FaultError as error:
            told.append(error)

    actors.start(SPEC, act)
    stoppers = [Thread(target=stop) for _ in range(2)]
    for each in stoppers:
        each.start()
    for each in stoppers:
        each.join(WITHIN_S)
    assert len(told) == 1
