"""Asks a running Prometheus all that rules and dashboards ask of it."""

import threading
import time
from collections.abc import Iterable
from math import isnan

from stackproof.alerts.data_queries import DataQuery
from stackproof.observe.prometheus_api import PrometheusApi

_POLL_S = 2.0


def unanswered(prometheus: PrometheusApi, asked: Iterable[DataQuery], within_s: float) -> tuple[DataQuery, ...]:
    """Ask until every question was answered with data once; those that never were.

    Args:
        prometheus: Who is asked.
        asked: The questions.
        within_s: How long, in seconds: a rate needs two scrapes, a recorded metric an evaluation after them.

    Raises:
        InconclusiveError: Prometheus does not answer.
    """
    deadline = time.monotonic() + within_s
    pause = threading.Event()
    questions = tuple(asked)
    left = {each.text for each in questions}
    while (left := {text for text in left if not _has_data(prometheus, text)}) and time.monotonic() < deadline:
        pause.wait(_POLL_S)
    return tuple(each for each in questions if each.text in left)


def _has_data(prometheus: PrometheusApi, expr: str) -> bool:
    """True where it gives a number; NaN draws no line and fires no alert."""
    return not all(map(isnan, prometheus.values(expr)))
