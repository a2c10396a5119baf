"""Units of values, read from metric names and carried through arithmetic.

Sources: https://prometheus.io/docs/practices/naming/#base-units and
https://github.com/OpenObservability/OpenMetrics/blob/main/specification/OpenMetrics.md#units-and-base-units.
"""

import math
import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: dimensions and a scale.

    Attributes:
        seconds: Exponent of time.
        bytes: Exponent of information.
        things: Exponent of whatever is counted: requests, errors, events.
        scale: How many base units (second, byte, one) one of this unit is: 0.001 for milliseconds, 0.01 for percent.
        epoch: Whether a value is a Unix time, which differences are not.
    """

    seconds: int = 0
    bytes: int = 0
    things: int = 0
    scale: float = 1.0
    epoch: bool = False

    def __str__(self) -> str:
        named = {SECONDS: "seconds", MILLISECONDS: "milliseconds", RATIO: "a ratio", PERCENT: "percent"}
        for unit, text in named.items():
            if self.plain.is_like(unit) and math.isclose(self.scale, unit.scale):
                return text
        names = (("seconds", self.seconds), ("bytes", self.bytes), ("count", self.things))
        return " ".join(name if power == 1 else f"{name}^{power}" for name, power in names if power) or "a number"

    @property
    def is_ratio(self) -> bool:
        """Whether 1 means all of it."""
        return self.is_like(RATIO) and math.isclose(self.scale, 1.0)

    @property
    def is_percent(self) -> bool:
        """Whether 100 means all of it."""
        return self.is_like(RATIO) and math.isclose(self.scale, 0.01)

    @property
    def is_frequency(self) -> bool:
        """Whether it is a number a second of nothing: bytes a second over a speed that is named ``_bytes``."""
        return self.seconds < 0 and not (self.bytes or self.things)

    def is_like(self, other: "Unit") -> bool:
        """Whether the dimensions are the same."""
        return (self.seconds, self.bytes, self.things) == (other.seconds, other.bytes, other.things)

    @property
    def plain(self) -> "Unit":
        """The unit without what is counted, if it has another dimension: seconds a request are seconds."""
        return replace(self, things=0) if self.seconds or self.bytes else self

    def times(self, other: "Unit") -> "Unit":
        """The unit of a product."""
        return Unit(
            self.seconds + other.seconds,
            self.bytes + other.bytes,
            self.things + other.things,
            self.scale * other.scale,
        )

    def over(self, other: "Unit") -> "Unit":
        """The unit of a quotient."""
        scale = self.scale / other.scale if other.scale else self.scale
        return Unit(self.seconds - other.seconds, self.bytes - other.bytes, self.things - other.things, scale)

    def scaled(self, factor: float) -> "Unit | None":
        """The unit of values that were multiplied by a number: 1000 times as many seconds are milliseconds."""
        return replace(self, scale=self.scale / factor) if factor > 0 and math.isfinite(factor) else None


RATIO = Unit()
PERCENT = Unit(scale=0.01)
SECONDS = Unit(seconds=1)
MILLISECONDS = Unit(seconds=1, scale=0.001)
BYTES = Unit(bytes=1)
THINGS = Unit(things=1)
UNIX_TIME = Unit(seconds=1, epoch=True)

_BY_SUFFIX: tuple[tuple[re.Pattern[str], Unit], ...] = tuple(
    (re.compile(pattern), unit)
    for pattern, unit in (
        (r".*_timestamp_seconds|.*_time_seconds_since_epoch|.*_created", UNIX_TIME),
        (r".*_timestamp_(ms|milliseconds)", replace(UNIX_TIME, scale=0.001)),
        (r".*_(milliseconds|millis|msec|ms)", MILLISECONDS),
        (r".*_(microseconds|micros|usec|us)", Unit(seconds=1, scale=1e-6)),
        (r".*_(nanoseconds|nanos|nsec|ns)", Unit(seconds=1, scale=1e-9)),
        (r".*_minutes", Unit(seconds=1, scale=60.0)),
        (r".*_hours", Unit(seconds=1, scale=3600.0)),
        (r".*_days", Unit(seconds=1, scale=86400.0)),
        (r".*_seconds", SECONDS),
        (r".*_(kilobytes|kib|kb)", Unit(bytes=1, scale=1024.0)),
        (r".*_(megabytes|mib|mb)", Unit(bytes=1, scale=1024.0**2)),
        (r".*_bytes", BYTES),
        (r".*_(ratio|fraction)", RATIO),
        (r".*_(percent|percentage|pct)", PERCENT),
    )
)
_BUCKET_OR_COUNT = re.compile(r".*_(bucket|count)")
_PART = re.compile(r"_(total|sum|max|min|avg|mean)$")


def unit_of_name(name: str) -> Unit | None:
    """The unit that a metric's name says; None if it says none.

    Args:
        name: The metric's name, or a recorded metric's (``level:metric:operations``), whose middle part counts.
    """
    if ":" in name:
        return None  # its operations may have changed the unit
    if _BUCKET_OR_COUNT.fullmatch(name):
        return THINGS
    base = _PART.sub("", name)
    for pattern, unit in _BY_SUFFIX:
        if pattern.fullmatch(base.lower()):
            return unit
    return THINGS if name.endswith("_total") else None
