"""routing/interval-misses-minute: the end of a range is exclusive."""

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.routing.interval_misses_minute import CHECK
from tests.unit.alerts.files import routing

HEAD = "route: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals:\n"


def _found(intervals: str) -> list[tuple[int | None, str, str]]:
    findings = CHECK.findings(Monitoring(routing=routing(HEAD + intervals)))
    return [(each.where.line, each.severity.value, each.confidence.value) for each in findings]


def _one(*parts: str) -> str:
    """One interval, of which each part begins on a line of its own, from line 6 on."""
    return "- name: i\n  time_intervals:\n" + "".join(f"  - {{{part}}}\n" for part in parts)


def _times(*ranges: str) -> str:
    """Ranges such as 08:00-17:00."""
    ends = (each.split("-") for each in ranges)
    return "times: [" + ", ".join(f"{{start_time: '{start}', end_time: '{end}'}}" for start, end in ends) + "]"


def test_the_last_minute_of_a_day_is_missed() -> None:
    """At the line of the end."""
    text = "- name: night\n  time_intervals:\n  - times:\n    - start_time: '22:00'\n      end_time: '23:59'\n"
    assert _found(text) == [(8, "warning", "likely")]


@pytest.mark.parametrize(
    "intervals",
    [
        _one(_times("00:00-07:59", "08:00-17:00")),
        _one(_times("08:00-17:00", "00:00-07:59")),
        _one(_times("00:00-07:59"), _times("08:00-17:00")),
        _one("weekdays: ['monday:friday'], " + _times("00:00-07:59", "08:00-17:00")),
    ],
)
def test_a_minute_between_two_ranges_is_missed(intervals: str) -> None:
    """In one part or in two of the same days."""
    assert [line for line, _, _ in _found(intervals)] == [6]


def test_a_minute_between_day_and_night_is_missed() -> None:
    """Two intervals that are to share a day."""
    night = _one(_times("00:00-07:59", "20:00-24:00")).replace("name: i", "name: night")
    assert [line for line, _, _ in _found(night + _one(_times("08:00-20:00")))] == [6]


@pytest.mark.parametrize(
    "intervals",
    [
        _one(_times("00:00-08:00", "20:00-24:00")),
        _one(_times("08:00-17:59")),
        _one(_times("08:00-11:59", "13:00-17:00")),
        _one(_times("08:00-23:59", "20:00-24:00")),
        _one(_times("00:00-07:59", "07:00-08:30", "08:00-17:00")),
        _one("weekdays: [monday], " + _times("00:00-07:59"), "weekdays: [tuesday], " + _times("08:00-17:00")),
        _one("location: UTC, " + _times("00:00-07:59"), "location: Local, " + _times("08:00-17:00")),
        _one("weekdays: ['monday:friday']"),
        _one(_times("00:00-00:01", "00:03-00:04")),
    ],
)
def test_complete_ranges_are_accepted(intervals: str) -> None:
    """Full hours, ranges of their own, and other days."""
    assert _found(intervals) == []
