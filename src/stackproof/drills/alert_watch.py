"""Watches alerts, what Alertmanager does with them, and what receivers get, while something is done to the stack.

A drill is recorded so, and ``judge.judge_alerting`` finds all of it in the record::

    with AlertWatch(AlertSources(prometheus, receivers, alertmanager), run.history.append).on() as seen:
        run.history.append(Drill("down", "ShopDown", DrillKind.FIRE, "kill shop", time.monotonic(), (PAGER,), 1.2))
        with run.fault("kill shop"):
            seen.wait_for_message("ShopDown", PAGER, MessageStatus.FIRING, deadline_s(1.2), since_s=...)
        seen.wait_for_message("ShopDown", PAGER, MessageStatus.RESOLVED, ..., since_s=...)
        run.note(EventKind.DRILL_ENDED, "down")

The drill's fault is the text of the fault's events, or the name of a load; its id is the subject of its end.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Event, Thread

from stackproof import model
from stackproof.drills.alert_changes import HandlingNews, StateNews
from stackproof.drills.alert_log import SeenAlerts
from stackproof.model import AlertEntry, EventKind, InconclusiveError, SeriesReading
from stackproof.observe.alertmanager_api import AlertmanagerApi
from stackproof.observe.inbox import Inbox
from stackproof.observe.json_api import ApiUrl
from stackproof.observe.prometheus_api import PrometheusApi

EVERY_S = 0.2
_WITHIN_S = 2.0

Record = Callable[[model.Entry], None]
"""Takes all that is seen."""


@dataclass(frozen=True, slots=True)
class AlertSources:
    """Where alerts are seen: URLs such as ``http://127.0.0.1:9090``, or what gives them.

    A port that the engine chose changes when a container is started again: what gives it is asked anew then.

    Attributes:
        prometheus: Prometheus.
        receivers: The receivers' control API.
        alertmanager: Alertmanager; empty where nobody asks it, and inhibition is told by messages alone.
        series: PromQL of series to record beside, by their names in the report.
    """

    prometheus: ApiUrl
    receivers: ApiUrl
    alertmanager: ApiUrl = ""
    series: Mapping[str, str] | None = None


class AlertWatch:
    """Asks each source again and again, in a thread of its own, and records what is new.

    A source that does not answer is asked on; from when and until when it was not seen goes to the record, so that no
    judge takes its silence for calm.

    Args:
        sources: Who is asked.
        record: Takes every entry; ``Run.history.append`` is one.
        every_s: Seconds between two questions.
        within_s: Bound on each answer, in seconds.

    Raises:
        DeclarationError: A URL is none.
    """

    def __init__(
        self, sources: AlertSources, record: Record, *, every_s: float = EVERY_S, within_s: float = _WITHIN_S
    ) -> None:
        self._record = record
        self._every_s = every_s
        self._ended = Event()
        self._failures: list[Exception] = []
        self.seen = SeenAlerts()
        prometheus = PrometheusApi(sources.prometheus, within_s)
        inbox = Inbox(sources.receivers, within_s)
        states = StateNews()
        self._apis: list[PrometheusApi | AlertmanagerApi | Inbox] = [prometheus, inbox]
        self._looks = {
            "states": _Look("states", lambda: states.of(prometheus.rules(), time.monotonic())),
            "inbox": _Look("inbox", inbox.new),
        }
        if sources.alertmanager:
            alertmanager, handling = AlertmanagerApi(sources.alertmanager, within_s), HandlingNews()
            self._apis.append(alertmanager)
            self._looks["handling"] = _Look("handling", lambda: handling.of(alertmanager.alerts(), time.monotonic()))
        for name, expr in (sources.series or {}).items():
            asked = PrometheusApi(sources.prometheus, within_s)
            self._apis.append(asked)
            self._looks[f"series {name}"] = _Look(f"series {name}", partial(_value, asked, name, expr))

    @contextmanager
    def on(self) -> Iterator[SeenAlerts]:
        """Watch while the block runs; what it is given says what was seen so far.

        Raises:
            InconclusiveError: A source does not answer at the beginning.
            Exception: What ended a part of the watch early, if the block itself ended well.
        """
        with ExitStack() as undo:
            for api in self._apis:
                undo.callback(api.close)
            first = [(look, look.ask()) for look in self._looks.values()]  # nothing is recorded before all can see
            for look, news in first:
                self._keep(look, news)
            threads = [
                Thread(target=self._run, args=(look,), name=f"watch alerts: {look.name}", daemon=True)
                for look in self._looks.values()
            ]
            for thread in threads:
                thread.start()
            try:
                yield self.seen
            finally:
                self._end(threads)
        if self._failures:
            raise self._failures[0]

    def _run(self, look: "_Look") -> None:
        try:
            while not self._ended.wait(self._every_s):
                try:
                    self._keep(look, look.ask())
                except InconclusiveError as error:
                    self._lose(look, error.message)
        except Exception as error:  # noqa: BLE001 - nobody hears a thread: the end of the block tells it
            self._failures.append(error)
            self.seen.end()

    def _end(self, threads: Sequence[Thread]) -> None:
        """A last look, so that what came while the block ended is seen too."""
        self._ended.set()
        for thread in threads:
            thread.join()
        for look in self._looks.values():
            try:
                self._keep(look, look.ask())
                self._lose(look, "the watch ended")
            except InconclusiveError as error:
                self._lose(look, error.message)
            except Exception as error:  # noqa: BLE001 - told after the block, if that ended well
                self._failures.append(error)

    def _keep(self, look: "_Look", news: Sequence[AlertEntry]) -> None:
        for entry in news:
            self._record(entry)
        if look.lost:
            self._note(EventKind.ALERTS_SEEN, look.name, look.seen_s)
            look.lost = False
        self.seen.add(news)

    def _lose(self, look: "_Look", why: str) -> None:
        """From the last good answer on, nothing is known."""
        if not look.lost:
            look.lost = True
            self._note(EventKind.ALERTS_UNSEEN, look.name, look.seen_s, why=why)

    def _note(self, kind: EventKind, subject: str, at_s: float, **detail: str) -> None:
        wall = datetime.fromtimestamp(time.time() - (time.monotonic() - at_s), UTC)
        self._record(model.Event(kind, at_s, wall, subject, detail))


class _Look:
    """One source, and when it last answered.

    Args:
        name: Its name in the record.
        news: Asks it for what is new.
    """

    def __init__(self, name: str, news: Callable[[], Sequence[AlertEntry]]) -> None:
        self.name = name
        self.lost = True
        self.seen_s = 0.0
        self._news = news

    def ask(self) -> Sequence[AlertEntry]:
        """What is new.

        Raises:
            InconclusiveError: It does not answer.
        """
        asked_s = time.monotonic()
        news = self._news()
        self.seen_s = asked_s
        return news


def _value(api: PrometheusApi, name: str, expr: str) -> Sequence[SeriesReading]:
    return (api.value(name, expr),)
