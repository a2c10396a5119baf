"""A watch of alerts records what changes, and never goes blind in silence."""

import time
from collections.abc import Callable, Iterator
from threading import Event as Flag
from threading import enumerate as all_threads

import pytest

from stackproof.drills.alert_changes import HandlingNews, StateNews
from stackproof.drills.alert_watch import AlertSources, AlertWatch
from stackproof.model import (
    Addressee,
    AlertReading,
    AlertState,
    EngineError,
    Entry,
    Event,
    EventKind,
    Handling,
    HandlingState,
    HistoryError,
    InconclusiveError,
    Message,
    MessageStatus,
    SeriesReading,
)
from stackproof.observe.prometheus_api import PrometheusApi
from tests.unit.grounds import WITHIN_S
from tests.unit.monitoring import Monitoring, monitoring

CHAT = Addressee("slack", "#ops")
EVERY_S = 0.02
DOWN = {"severity": "critical", "job": "shop"}


@pytest.fixture
def says() -> Iterator[Monitoring]:
    """Prometheus, Alertmanager and receivers."""
    with monitoring() as server:
        yield server


class Notes:
    """Takes entries, and says when there is one of a kind."""

    def __init__(self) -> None:
        self.taken: list[Entry] = []

    def take(self, entry: Entry) -> None:
        """Take one."""
        self.taken.append(entry)

    def events(self, subject: str) -> list[tuple[EventKind, str]]:
        """When a source was watched and when not, and why."""
        seen = [each for each in self.taken if isinstance(each, Event) and each.subject == subject]
        return [(each.kind, each.detail.get("why", "")) for each in seen]


def _watch(says: Monitoring, record: Callable[[Entry], None]) -> AlertWatch:
    sources = AlertSources(says.url, says.url, says.url, {"down": "up == 0"})
    says.values.setdefault("up == 0", [0.0])
    return AlertWatch(sources, record, every_s=EVERY_S, within_s=0.5)


def _watchers() -> list[str]:
    return [each.name for each in all_threads() if each.name.startswith("watch alerts")]


def test_what_changes_is_recorded_and_what_stays_is_not(says: Monitoring) -> None:
    """An alert from inactive through pending and firing and back, each once; whoever waits for one is woken."""
    notes = Notes()
    with _watch(says, notes.take).on() as seen:
        assert seen.wait_for_state("ShopDown", AlertState.INACTIVE, WITHIN_S)
        says.alerts = [("ShopDown", "pending", DOWN)]
        assert seen.wait_for_state("ShopDown", AlertState.PENDING, WITHIN_S)
        says.alerts = [("ShopDown", "firing", DOWN)]
        found = seen.wait_for_state("ShopDown", AlertState.FIRING, WITHIN_S, labels={"job": "shop"})
        assert found is not None
        says.alerts = []
        assert seen.wait_for_state("ShopDown", AlertState.INACTIVE, WITHIN_S, since_s=found.at_s)
    states = [each.state for each in notes.taken if isinstance(each, AlertReading)]
    assert states == [AlertState.INACTIVE, AlertState.PENDING, AlertState.FIRING, AlertState.INACTIVE]
    assert not _watchers()


def test_messages_handling_and_series_are_seen_beside(says: Monitoring) -> None:
    """Each from its own source, on one clock, and all in the record."""
    notes = Notes()
    says.tell("firing", "Old")
    with _watch(says, notes.take).on() as seen:
        begun_s = time.monotonic()
        says.handle("ShopDown", "aa", inhibited_by="aa")
        says.tell("firing", "ShopDown")
        told = seen.wait_for_message("ShopDown", CHAT, MessageStatus.FIRING, WITHIN_S)
        assert told is not None
        assert seen.wait_for(lambda: seen.handlings("ShopDown") or None, WITHIN_S)
        assert seen.wait_for(lambda: seen.series("down", begun_s) or None, WITHIN_S)
        assert seen.messages("Old") == ()
    kinds = {type(each) for each in notes.taken}
    assert kinds == {AlertReading, Message, Handling, SeriesReading, Event}
    assert [each for each in notes.taken if isinstance(each, Message)] == [told]


def test_what_came_as_the_block_ended_is_seen(says: Monitoring) -> None:
    """A last look is taken when all is over."""
    watch = _watch(says, Notes().take)
    with watch.on():
        says.tell("resolved", "ShopDown")
    assert [each.status for each in watch.seen.messages("ShopDown")] == [MessageStatus.RESOLVED]


def test_nothing_is_found_in_vain_for_ever(says: Monitoring) -> None:
    """A wait has a bound."""
    with _watch(says, Notes().take).on() as seen:
        assert seen.wait_for_state("ShopDown", AlertState.FIRING, 0.1) is None


def test_a_watch_needs_eyes_to_begin(says: Monitoring) -> None:
    """Where a source does not answer at the beginning nothing is begun, and the message says which."""
    says.broken["/received"] = (404, b"no such path")
    with pytest.raises(InconclusiveError, match=r"the receivers, saw .*no such path"), _watch(says, Notes().take).on():
        pytest.fail("it began")
    assert not _watchers()


def test_the_record_says_when_nobody_saw(says: Monitoring) -> None:
    """A source that dies, as in a drill of just that, is asked on; its silence is not taken for calm."""
    notes, lost, back = Notes(), Flag(), Flag()

    def take(entry: Entry) -> None:
        notes.take(entry)
        if isinstance(entry, Event) and entry.subject == "states":
            (lost if entry.kind is EventKind.ALERTS_UNSEEN else back).set()

    with _watch(says, take).on():
        back.clear()
        says.broken["/api/v1/rules"] = (503, b"starting")
        assert lost.wait(WITHIN_S)
        del says.broken["/api/v1/rules"]
        assert back.wait(WITHIN_S)
    seen, gone, again, ended = notes.events("states")
    assert [each[0] for each in (seen, gone, again)] == [
        EventKind.ALERTS_SEEN,
        EventKind.ALERTS_UNSEEN,
        EventKind.ALERTS_SEEN,
    ]
    assert "status 503: starting" in gone[1]
    assert ended == (EventKind.ALERTS_UNSEEN, "the watch ended")
    assert notes.events("inbox") == [(EventKind.ALERTS_SEEN, ""), (EventKind.ALERTS_UNSEEN, "the watch ended")]


def test_a_record_that_cannot_be_written_is_told_at_the_end(says: Monitoring) -> None:
    """Nobody hears a thread die: whoever watches does, and whoever waits is woken."""
    refused = False

    def refuse(entry: Entry) -> None:
        if refused and isinstance(entry, Message):
            raise HistoryError("no space left")

    def wait() -> None:
        with _watch(says, refuse).on() as seen:
            nonlocal refused
            refused = True
            says.tell("firing", "ShopDown")
            begun_s = time.monotonic()
            assert seen.wait_for_message("Never", CHAT, MessageStatus.FIRING, WITHIN_S) is None
            assert time.monotonic() - begun_s < WITHIN_S

    with pytest.raises(HistoryError, match="no space left"):
        wait()


def test_what_the_block_raised_is_not_hidden(says: Monitoring) -> None:
    """A failed expectation says more than the watch's own trouble, and the watch ends with it."""
    with pytest.raises(AssertionError, match="nobody was told"), _watch(says, Notes().take).on():
        raise AssertionError("nobody was told")
    assert not _watchers()


def test_an_alert_that_ended_and_began_between_two_looks_is_news() -> None:
    """Its begin is another one, though its state is the same."""
    news = StateNews()
    first = AlertReading("A", AlertState.FIRING, 10.0, DOWN, active_since_s=5.0)
    assert news.of([first], 10.0) == (first,)
    assert news.of([AlertReading("A", AlertState.FIRING, 11.0, DOWN, active_since_s=5.0)], 11.0) == ()
    again = AlertReading("A", AlertState.FIRING, 12.0, DOWN, active_since_s=11.5)
    assert news.of([again], 12.0) == (again,)


def test_an_alert_that_alertmanager_no_longer_has_is_gone() -> None:
    """Once, and no more until it is back."""
    news = HandlingNews()
    held = Handling("A", HandlingState.ACTIVE, 1.0, DOWN)
    assert news.of([held], 1.0) == (held,)
    assert news.of([], 2.0) == (Handling("A", HandlingState.GONE, 2.0, DOWN),)
    assert news.of([], 3.0) == ()
    assert news.of([Handling("A", HandlingState.ACTIVE, 4.0, DOWN)], 4.0) != ()


def test_a_source_that_moved_is_found_again(says: Monitoring) -> None:
    """A port that the engine chose is another one after a restart; who knows it is asked again."""
    places = ["http://127.0.0.1:1", says.url]
    prometheus = PrometheusApi(lambda: places.pop(0))
    with pytest.raises(InconclusiveError, match="expected an answer from Prometheus"):
        prometheus.rules()
    assert prometheus.rules()[0].alert == "ShopDown"
    assert prometheus.rules()[0].alert == "ShopDown"


def test_a_source_that_nobody_knows_is_no_traceback() -> None:
    """The engine's own word on a container that is gone is the error."""

    def gone() -> str:
        raise EngineError("its container is gone")

    with pytest.raises(InconclusiveError, match="its container is gone"):
        PrometheusApi(gone).rules()
