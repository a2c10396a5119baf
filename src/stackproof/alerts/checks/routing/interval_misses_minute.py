"""routing/interval-misses-minute: a time interval that ends a minute too early."""

from collections import defaultdict
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.model.monitoring import Routing, TimeRange

_DAY_MIN = 24 * 60
_Named = tuple[str, TimeRange]


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for ranges in _alike(monitoring.routing) if monitoring.routing else ():
        starts = {each.start_min: name for name, each in reversed(ranges)}
        covered = _covered(ranges)
        said: set[tuple[str, int]] = set()
        for name, each in ranges:
            if covered >> each.end_min & 1 or (name, each.end_min) in said:
                continue
            said.add((name, each.end_min))
            if each.end_min == _DAY_MIN - 1:
                message = f"{name!r} ends at 23:59, and an end is exclusive: the last minute of the day is not in it"
                yield Spot(each.where, message, "write 24:00")
            elif each.end_min + 1 in starts:
                end, start = _clock(each.end_min), _clock(each.end_min + 1)
                following = starts[each.end_min + 1]
                message = (
                    f"{name!r} ends at {end} and {'the next range' if following == name else repr(following)} begins "
                    f"at {start}: an end is exclusive, so the minute from {end} to {start} is in none of them"
                )
                yield Spot(each.where, message, f"write {start} as the end")


def _alike(routing: Routing) -> Iterator[list[_Named]]:
    """The ranges of all intervals that are limited to the same days and the same time zone."""
    found: dict[tuple[tuple[str, tuple[str, ...]], ...], list[_Named]] = defaultdict(list)
    for interval in routing.intervals:
        for part in interval.parts:
            limits = tuple(sorted((key, tuple(sorted(values))) for key, values in part.limits.items()))
            found[limits] += ((interval.name, each) for each in part.times)
    yield from found.values()


def _covered(ranges: list[_Named]) -> int:
    """The minutes of a day that some range has, one bit each."""
    covered = 0
    for _, each in ranges:
        covered |= (1 << each.end_min) - (1 << each.start_min)
    return covered


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


CHECK = Check(
    id="routing/interval-misses-minute",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager takes the end of a range as the first minute after it: in the minute that is left out, a muted "
    "route notifies, or an active one is silent.",
    fix="end a range where the next one begins, and at 24:00 for the end of the day",
    look=_look,
)
