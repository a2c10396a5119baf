"""A watch of alerts records what changes, and when it did not watch."""

import time
from collections.abc import Callable, Iterator
from threading import Event as Flag
from threading import enumerate as all_threads

import pytest

from stackproof.drills.alert_changes import HandlingChanges, StateChanges
from stackproof.drills.alert_watch import AlertSources, AlertWatch
from stackproof.model import (
    Addressee,
    AlertReading,
    AlertSource,
    AlertState,
    AlertsUnwatched,
    AlertsWatched,
    EngineError,
    Entry,
    Handling,
    HandlingState,
    HistoryError,
    InconclusiveError,
    Message,
    MessageStatus,
    SeriesReading,
)
from stackproof.observe.prometheus_api import PrometheusApi
from tests.unit.fake_runs import WITHIN_S
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
    """Takes entries."""

    def __init__(self) -> None:
        self.taken: list[Entry] = []

    def take(self, entry: Entry) -> None:
        """Take one."""
        self.taken.append(entry)

    def watched(self, source: AlertSource) -> list[str]:
        """``on`` each time when a source began to be watched, and the reason each time when that ended."""
        seen = [each for each in self.taken if isinstance(each, AlertsWatched | AlertsUnwatched)]
        ours = [each for each in seen if each.source is source]
        return ["on" if isinstance(each, AlertsWatched) else each.reason for each in ours]


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


def test_notifications_handling_and_series_are_observed_too(says: Monitoring) -> None:
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
    assert kinds == {AlertReading, Message, Handling, SeriesReading, AlertsWatched, AlertsUnwatched}
    assert [each for each in notes.taken if isinstance(each, Message)] == [told]


def test_what_came_as_the_block_ended_is_observed(says: Monitoring) -> None:
    """All sources are polled once more at the end."""
    watch = _watch(says, Notes().take)
    with watch.on():
        says.tell("resolved", "ShopDown")
    assert [each.status for each in watch.seen.messages("ShopDown")] == [MessageStatus.RESOLVED]


def test_a_wait_for_a_state_has_a_bound(says: Monitoring) -> None:
    """A state that never comes is given up."""
    with _watch(says, Notes().take).on() as seen:
        assert seen.wait_for_state("ShopDown", AlertState.FIRING, 0.1) is None


def test_a_watch_does_not_begin_without_all_sources(says: Monitoring) -> None:
    """If a source does not answer at the begin, nothing is begun, and the message names it."""
    says.broken["/received"] = (404, b"no such path")
    with pytest.raises(InconclusiveError, match=r"the receivers, saw .*no such path"), _watch(says, Notes().take).on():
        pytest.fail("it began")
    assert not _watchers()


def test_the_record_says_when_a_source_was_not_watched(says: Monitoring) -> None:
    """A source that dies, as in a drill of just that, is polled on; its silence is not taken for calm."""
    notes, lost, back = Notes(), Flag(), Flag()

    def take(entry: Entry) -> None:
        notes.take(entry)
        if isinstance(entry, AlertsWatched | AlertsUnwatched) and entry.source is AlertSource.STATES:
            (lost if isinstance(entry, AlertsUnwatched) else back).set()

    with _watch(says, take).on():
        back.clear()
        says.broken["/api/v1/rules"] = (503, b"starting")
        assert lost.wait(WITHIN_S)
        del says.broken["/api/v1/rules"]
        assert back.wait(WITHIN_S)
    begun, gone, again, ended = notes.watched(AlertSource.STATES)
    assert (begun, again, ended) == ("on", "on", "the watch ended")
    assert "status 503: starting" in gone
    assert notes.watched(AlertSource.INBOX) == ["on", "the watch ended"]


def test_a_record_that_cannot_be_written_is_an_error_at_the_end(says: Monitoring) -> None:
    """The error of a thread is raised where the watch ends, and those who wait are woken."""
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
    """A failed expectation is worth more than the watch's own trouble, and the watch ends with it."""
    with pytest.raises(AssertionError, match="nobody was told"), _watch(says, Notes().take).on():
        raise AssertionError("nobody was told")
    assert not _watchers()


def test_an_alert_that_ended_and_began_between_two_polls_has_changed() -> None:
    """Its begin is another one, though its state is the same."""
    changes = StateChanges()
    first = AlertReading("A", AlertState.FIRING, 10.0, DOWN, active_since_s=5.0)
    assert changes.of([first], 10.0) == (first,)
    assert changes.of([AlertReading("A", AlertState.FIRING, 11.0, DOWN, active_since_s=5.0)], 11.0) == ()
    again = AlertReading("A", AlertState.FIRING, 12.0, DOWN, active_since_s=11.5)
    assert changes.of([again], 12.0) == (again,)


def test_an_alert_that_alertmanager_no_longer_has_is_gone() -> None:
    """Once, and no more until it is back."""
    changes = HandlingChanges()
    held = Handling("A", HandlingState.ACTIVE, 1.0, DOWN)
    assert changes.of([held], 1.0) == (held,)
    assert changes.of([], 2.0) == (Handling("A", HandlingState.GONE, 2.0, DOWN),)
    assert changes.of([], 3.0) == ()
    assert changes.of([Handling("A", HandlingState.ACTIVE, 4.0, DOWN)], 4.0) != ()


def test_a_source_that_moved_is_found_again(says: Monitoring) -> None:
    """A port that the engine chose is another one after a restart; the address is asked for again."""
    places = ["http://127.0.0.1:1", says.url]
    prometheus = PrometheusApi(lambda: places.pop(0))
    with pytest.raises(InconclusiveError, match="expected an answer from Prometheus"):
        prometheus.rules()
    assert prometheus.rules()[0].alert == "ShopDown"
    assert prometheus.rules()[0].alert == "ShopDown"


def test_a_source_without_an_address_is_inconclusive() -> None:
    """The engine's own message about a container that is gone is the error."""

    def gone() -> str:
        raise EngineError("its container is gone")

    with pytest.raises(InconclusiveError, match="its container is gone"):
        PrometheusApi(gone).rules()
