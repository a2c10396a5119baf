"""Reads the time intervals of an Alertmanager configuration.

Source: https://github.com/prometheus/alertmanager/blob/main/timeinterval/timeinterval.go.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from zoneinfo import ZoneInfo

from stackproof.declare.alertmanager.parts import is_filled_in_later, items_of_texts, report_unknown_keys
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import Table
from stackproof.model import Location
from stackproof.model.monitoring import IntervalPart, TimeInterval, TimeRange

_LISTS = ("mute_time_intervals", "time_intervals")
_KEYS = ("times", "weekdays", "days_of_month", "months", "years", "location")
_CLOCK = re.compile(r"(?:([01]\d|2[0-3]):([0-5]\d))|24:00", re.ASCII)
_WHOLE = re.compile(r"[-+]?\d+", re.ASCII)
_DAY_MIN = 24 * 60
_LAST_DAY = 31
_SHORTEST_MONTH = 28
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"),
    "december",
)
_NOT_IN_EVERY_DATABASE = "US/Eastern"  # an old name: a time zone database that has it is complete


def read_time_intervals(reader: TreeReader, top: Table) -> tuple[TimeInterval, ...]:
    """Read all time intervals, old (``mute_time_intervals``) and new."""
    found: dict[str, TimeInterval] = {}
    for key in _LISTS:
        for table in reader.tables(top.get(key), "a time interval"):
            interval = _interval(reader, table)
            if not interval.name or interval.name in found:
                seen = f"{interval.name!r} twice" if interval.name else "none"
                fix = "give it a unique name: Alertmanager rejects the whole file"
                reader.wrong(table.line, f"expected a time interval to have a name of its own, saw {seen}", fix)
            found.setdefault(interval.name, interval)
    return tuple(found.values())


def _interval(reader: TreeReader, table: Table) -> TimeInterval:
    report_unknown_keys(reader, table, ("name", "time_intervals"), "a time interval")
    parts = reader.tables(table.get("time_intervals"), "a part of a time interval")
    return TimeInterval(
        name=reader.text(table.get("name")),
        parts=tuple(_part(reader, part) for part in parts),
        where=Location(reader.file, table.line),
    )


def _part(reader: TreeReader, table: Table) -> IntervalPart:
    report_unknown_keys(reader, table, _KEYS, "a part of a time interval")
    limits = {key: tuple(_limits(reader, table, key, check)) for key, check in _CHECKS.items() if table.get(key)}
    location = _location(reader, table)
    times = tuple(_times(reader, table))
    return IntervalPart(times, {**limits, "location": (location,)}, Location(reader.file, table.line))


def _times(reader: TreeReader, table: Table) -> Iterator[TimeRange]:
    for item in reader.tables(table.get("times"), "a range of times"):
        report_unknown_keys(reader, item, ("start_time", "end_time"), "a range of times")
        start, end = (reader.text(item.get(key)) for key in ("start_time", "end_time"))
        if not start or not end:
            missing = "start_time" if not start else "end_time"
            reader.wrong(item.line, f"expected a range of times to have a {missing}, saw none", f"add {missing}")
            continue
        minutes = [_minutes(reader, item, key) for key in ("start_time", "end_time")]
        if minutes[0] is None or minutes[1] is None:
            continue
        if minutes[0] >= minutes[1]:
            reader.wrong(item.line, *_backwards(start, end))
            continue
        ends = item.get("end_time")
        yield TimeRange(minutes[0], minutes[1], Location(reader.file, ends.line if ends else item.line))


def _minutes(reader: TreeReader, table: Table, key: str) -> int | None:
    """Minutes since midnight; None, and a problem, if it is not a time of day."""
    entry = table.get(key)
    text = reader.text(entry)
    found = _CLOCK.fullmatch(text)
    if found is None:
        if entry is not None and not is_filled_in_later(text):
            reader.wrong(entry.line, f"expected {key} to be a time from 00:00 to 24:00, saw {text!r}", "write 08:00")
        return None
    return int(found[1]) * 60 + int(found[2]) if found[1] else _DAY_MIN


def _backwards(start: str, end: str) -> tuple[str, str]:
    if start == end:
        return f"the range from {start} to {end} is empty", "write 00:00 to 24:00 for a whole day, or leave times out"
    if end == "00:00":
        return f"the range from {start} to {end} ends before it starts", "write 24:00 for the end of the day"
    return (
        f"the range from {start} to {end} ends before it starts: it passes midnight",
        f"split it at midnight: {start} to 24:00 and 00:00 to {end}",
    )


def _limits(reader: TreeReader, table: Table, key: str, check: Callable[[str], tuple[int, int] | str]) -> Iterator[str]:
    """The ranges of days, months or years, in one spelling."""
    for text, line in items_of_texts(reader, table.get(key)):
        found = check(text.lower())
        if isinstance(found, str):
            if not is_filled_in_later(text):
                reader.wrong(line, f"expected {key} to be {_EXPECTED[key]}, saw {text!r}: {found}")
        else:
            yield f"{found[0]}:{found[1]}"


def _range(text: str, number_of: Callable[[str], int | None]) -> tuple[int, int] | str:
    ends = text.split(":")
    numbers = [number_of(end) for end in ends]
    unknown = next((end for end, number in zip(ends, numbers, strict=True) if number is None), None)
    if unknown is not None:
        return f"{unknown!r} is not known"
    if len(ends) > 2:  # noqa: PLR2004 - a range has two ends
        return "a range has two ends"
    first, last = numbers[0], numbers[-1]
    assert first is not None, "unknown ends are reported above"  # noqa: S101 - for the types
    assert last is not None, "unknown ends are reported above"  # noqa: S101 - for the types
    return first, last


def _ordered(found: tuple[int, int] | str) -> tuple[int, int] | str:
    return "it ends before it starts" if not isinstance(found, str) and found[0] > found[1] else found


def _number(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


def _weekdays(text: str) -> tuple[int, int] | str:
    return _ordered(_range(text, lambda end: _WEEKDAYS.index(end) if end in _WEEKDAYS else None))


def _months(text: str) -> tuple[int, int] | str:
    return _ordered(_range(text, lambda end: _MONTHS.index(end) + 1 if end in _MONTHS else _number(end)))


def _years(text: str) -> tuple[int, int] | str:
    return _ordered(_range(text, _number))


def _days_of_month(text: str) -> tuple[int, int] | str:
    """Negative days count from the end of the month."""
    found = _range(text, _number)
    if isinstance(found, str):
        return found
    if any(day == 0 or abs(day) > _LAST_DAY for day in found):
        return "a month has no such day"
    if found[0] < 0 < found[1]:
        return "a range that starts with a negative day must end with one"
    first, last = (day if day > 0 else _SHORTEST_MONTH + day for day in found)
    return "it ends before it starts" if first > last else found


def _location(reader: TreeReader, table: Table) -> str:
    entry = table.get("location")
    name = reader.text(entry)
    if (
        entry is not None
        and name not in {"", "UTC", "Local"}
        and not is_filled_in_later(name)
        and _is_unknown_zone(name)
    ):
        reader.wrong(entry.line, f"expected location to be a time zone such as Europe/Berlin, saw {name!r}")
    return name


def _is_unknown_zone(name: str) -> bool:
    """Whether a complete time zone database lacks the name; False if there is no complete one here."""
    if _has_zone(name):
        return False
    return _has_zone(_NOT_IN_EVERY_DATABASE)


def _has_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


_CHECKS: Mapping[str, Callable[[str], tuple[int, int] | str]] = {
    "weekdays": _weekdays,
    "days_of_month": _days_of_month,
    "months": _months,
    "years": _years,
}
_EXPECTED: Mapping[str, str] = {
    "weekdays": "days such as monday or monday:friday, from sunday to saturday",
    "days_of_month": "days such as 1, 1:15 or -7:-1",
    "months": "months such as january, 5 or 6:8",
    "years": "years such as 2026 or 2026:2028",
}
