"""Asks a running Prometheus everything that rules and dashboards ask of it."""

from collections.abc import Iterable
from math import isnan

from stackproof.alerts.data_queries import DataQuery
from stackproof.machine.waiting import wait_until
from stackproof.observe.prometheus_api import PrometheusApi

_POLL_S = 2.0


def unanswered(prometheus: PrometheusApi, asked: Iterable[DataQuery], within_s: float) -> tuple[DataQuery, ...]:
    """Ask until every question was answered with data once, and give those that never were.

    Args:
        prometheus: Whom to ask.
        asked: The questions.
        within_s: How long, in seconds: a rate needs two scrapes, a recorded metric an evaluation after them.

    Raises:
        InconclusiveError: Prometheus does not answer.
    """
    questions = tuple(asked)
    left = {each.text for each in questions}

    def ask_those_left() -> bool:
        left.difference_update([text for text in left if _has_data(prometheus, text)])
        return not left

    wait_until(ask_those_left, within_s=within_s, poll_s=_POLL_S)
    return tuple(each for each in questions if each.text in left)


def _has_data(prometheus: PrometheusApi, expr: str) -> bool:
    """True if it gives a number; NaN draws no line and fires no alert."""
    return not all(map(isnan, prometheus.values(expr)))
