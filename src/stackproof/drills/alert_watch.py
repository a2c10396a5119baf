"""Watches alerts in Prometheus and Alertmanager, and what receivers get, while something is done to the stack.

A drill is recorded like this, and ``judge.judge_alerting`` finds all of it in the record::

    fault = PlannedFault(new_id(), FaultSpec.parse("kill shop"))
    drill = Drill("down", "ShopDown", DrillKind.FIRE, "kill shop", now().at_s, (PAGER,), 1.2, cause=fault.injection)
    with AlertWatch(AlertSources(prometheus, receivers, alertmanager), run.record).on() as seen:
        run.record(drill)
        with run.fault(fault):
            seen.wait_for_message("ShopDown", PAGER, MessageStatus.FIRING, deadline_s(1.2), since_s=...)
        seen.wait_for_message("ShopDown", PAGER, MessageStatus.RESOLVED, ..., since_s=...)
        run.record(DrillEnded(*now(), drill.id))
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread

from stackproof.drills.alert_changes import HandlingChanges, StateChanges
from stackproof.drills.alert_log import AlertLog
from stackproof.history import moment_at
from stackproof.model import (
    AlertEntry,
    AlertSource,
    AlertsUnwatched,
    AlertsWatched,
    Entry,
    InconclusiveError,
    SeriesReading,
)
from stackproof.observe.alertmanager_api import AlertmanagerApi
from stackproof.observe.inbox import Inbox
from stackproof.observe.json_api import ApiUrl
from stackproof.observe.prometheus_api import PrometheusApi

EVERY_S = 0.2
_WITHIN_S = 2.0

RecordEntry = Callable[[Entry], None]
"""Takes every observation."""


@dataclass(frozen=True, slots=True)
class AlertSources:
    """Where alerts are observed: URLs such as ``http://127.0.0.1:9090``, or functions that give them.

    A port that the engine chose changes when a container is started again: the function is then called again.

    Attributes:
        prometheus: Prometheus.
        receivers: The receivers' control API.
        alertmanager: Alertmanager; empty if it is not asked, and only notifications show inhibition.
        series: PromQL of series to record as well, by their names in the report.
    """

    prometheus: ApiUrl
    receivers: ApiUrl
    alertmanager: ApiUrl = ""
    series: Mapping[str, str] | None = None


class AlertWatch:
    """Polls each source in a thread of its own, and records what changed.

    A source that does not answer is polled on; the record says from when to when it was not watched, so that the judge
    does not mistake its silence for calm.

    Args:
        sources: The sources.
        record: Takes every entry; ``Run.record`` does.
        every_s: Seconds between two polls.
        within_s: Bound on each answer, in seconds.

    Raises:
        DeclarationError: A URL is not valid.
    """

    def __init__(
        self, sources: AlertSources, record: RecordEntry, *, every_s: float = EVERY_S, within_s: float = _WITHIN_S
    ) -> None:
        self._record = record
        self._every_s = every_s
        self._ended = Event()
        self._failures: list[Exception] = []
        self.seen = AlertLog()
        prometheus = PrometheusApi(sources.prometheus, within_s)
        inbox = Inbox(sources.receivers, within_s)
        states = StateChanges()
        self._apis: list[PrometheusApi | AlertmanagerApi | Inbox] = [prometheus, inbox]
        self._looks = [
            _Look(AlertSource.STATES, "", lambda: states.of(prometheus.rules(), time.monotonic())),
            _Look(AlertSource.INBOX, "", inbox.new),
        ]
        if sources.alertmanager:
            alertmanager, handling = AlertmanagerApi(sources.alertmanager, within_s), HandlingChanges()
            self._apis.append(alertmanager)
            self._looks.append(
                _Look(AlertSource.HANDLING, "", lambda: handling.of(alertmanager.alerts(), time.monotonic()))
            )
        for name, expr in (sources.series or {}).items():
            asked = PrometheusApi(sources.prometheus, within_s)
            self._apis.append(asked)
            self._looks.append(_Look(AlertSource.SERIES, name, partial(_value, asked, name, expr)))

    @contextmanager
    def on(self) -> Iterator[AlertLog]:
        """Watch while the block runs; it is given the log of what was observed so far.

        Raises:
            InconclusiveError: A source does not answer at the beginning.
            Exception: The error that ended a thread of the watch early, unless the block itself raised one.
        """
        with ExitStack() as undo:
            for api in self._apis:
                undo.callback(api.close)
            first = [(look, look.ask()) for look in self._looks]  # nothing is recorded before all sources answer
            for look, changes in first:
                self._keep(look, changes)
            threads = [
                Thread(target=self._run, args=(look,), name=f"watch alerts: {look.source} {look.series}", daemon=True)
                for look in self._looks
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
        except Exception as error:  # noqa: BLE001 - raised at the end of the block, since nobody waits for a thread
            self._failures.append(error)
            self.seen.end()

    def _end(self, threads: Sequence[Thread]) -> None:
        """Poll once more, so that what came while the block ended is observed too."""
        self._ended.set()
        for thread in threads:
            thread.join()
        for look in self._looks:
            try:
                self._keep(look, look.ask())
                self._lose(look, "the watch ended")
            except InconclusiveError as error:
                self._lose(look, error.message)
            except Exception as error:  # noqa: BLE001 - raised after the block, unless that raised one
                self._failures.append(error)

    def _keep(self, look: "_Look", changes: Sequence[AlertEntry]) -> None:
        for entry in changes:
            self._record(entry)
        if look.lost:
            self._record(AlertsWatched(*moment_at(look.seen_s), look.source, look.series))
            look.lost = False
        self.seen.add(changes)

    def _lose(self, look: "_Look", reason: str) -> None:
        """From the last answer on, nothing is known."""
        if not look.lost:
            look.lost = True
            self._record(AlertsUnwatched(*moment_at(look.seen_s), look.source, look.series, reason))


class _Look:
    """One source, and when it last answered.

    Args:
        source: The source.
        series: Name of the series, if the source is a series.
        changes: Asks it for what changed.
    """

    def __init__(self, source: AlertSource, series: str, changes: Callable[[], Sequence[AlertEntry]]) -> None:
        self.source = source
        self.series = series
        self.lost = True
        self.seen_s = 0.0
        self._changes = changes

    def ask(self) -> Sequence[AlertEntry]:
        """What changed.

        Raises:
            InconclusiveError: It does not answer.
        """
        asked_s = time.monotonic()
        changes = self._changes()
        self.seen_s = asked_s
        return changes


def _value(api: PrometheusApi, name: str, expr: str) -> Sequence[SeriesReading]:
    return (api.value(name, expr),)
