"""Schedules of an open-loop load: when each request is due.

A schedule does not depend on the server. Its offsets are seconds from the start of the load, in ascending order,
generated one by one.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from stackproof.model import DeclarationError

LONGEST_S = 366 * 86_400.0
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Constant:
    """Requests at equal intervals, the first at the start.

    Attributes:
        rate_per_s: Requests a second.
        duration_s: Length in seconds.

    Raises:
        DeclarationError: A value is not a positive number.
    """

    rate_per_s: float
    duration_s: float
    kind: Literal["constant"] = "constant"

    def __post_init__(self) -> None:
        _check_rate("rate", self.rate_per_s)
        _check_seconds("duration", self.duration_s)

    @property
    def planned(self) -> int:
        """How many requests it has."""
        return _whole_arrivals(self.rate_per_s * self.duration_s)

    def offsets(self) -> Iterator[float]:
        """Generate when each request is due, in seconds from the start, ascending."""
        return (number / self.rate_per_s for number in range(self.planned))


@dataclass(frozen=True, slots=True)
class Poisson:
    """Requests that are independent of each other, like those of many separate users.

    The intervals are exponentially distributed, so the number of requests is random; the same seed gives the same
    schedule.

    Attributes:
        rate_per_s: Mean requests a second.
        duration_s: Length in seconds.
        seed: Seed of the random numbers.

    Raises:
        DeclarationError: A value is not a positive number.
    """

    rate_per_s: float
    duration_s: float
    seed: int = 0
    kind: Literal["poisson"] = "poisson"

    def __post_init__(self) -> None:
        _check_rate("rate", self.rate_per_s)
        _check_seconds("duration", self.duration_s)

    @property
    def planned(self) -> int:
        """How many requests it has; generates all offsets to count them."""
        return sum(1 for _ in self.offsets())

    def offsets(self) -> Iterator[float]:
        """Generate when each request is due, in seconds from the start, ascending."""
        draw = random.Random(self.seed)  # noqa: S311 - a repeatable schedule, no secret
        offset_s = draw.expovariate(self.rate_per_s)
        while offset_s < self.duration_s:
            yield offset_s
            offset_s += draw.expovariate(self.rate_per_s)


@dataclass(frozen=True, slots=True)
class Spike:
    """A base rate, with a burst at the end of each period.

    Attributes:
        rate_per_s: Requests a second between bursts.
        spike_rate_per_s: Requests a second in a burst.
        every_s: Length of a period, in seconds.
        for_s: Length of the burst that ends each period, in seconds.
        duration_s: Length of the whole, in seconds.

    Raises:
        DeclarationError: A value is not a positive number, or a burst is longer than its period.
    """

    rate_per_s: float
    spike_rate_per_s: float
    every_s: float
    for_s: float
    duration_s: float
    kind: Literal["spike"] = "spike"

    def __post_init__(self) -> None:
        _check_rate("rate", self.rate_per_s)
        _check_rate("spike rate", self.spike_rate_per_s)
        _check_seconds("spike every", self.every_s)
        _check_seconds("spike for", self.for_s)
        _check_seconds("duration", self.duration_s)
        if self.for_s > self.every_s:
            raise DeclarationError(f"a spike of {self.for_s:g} s does not fit into a period of {self.every_s:g} s")

    @property
    def planned(self) -> int:
        """How many requests it has."""
        return _whole_arrivals(sum(length_s * rate for _, length_s, rate in self._segments()))

    def offsets(self) -> Iterator[float]:
        """Generate when each request is due, in seconds from the start, ascending.

        Request k is due when the integral of the rate reaches k, so fractions of a request carry over from one segment
        to the next.
        """
        number, reached, planned = 0, 0.0, self.planned
        for start_s, length_s, rate_per_s in self._segments():
            end = reached + length_s * rate_per_s
            while number < min(planned, _whole_arrivals(end)):
                yield start_s + max(0.0, number - reached) / rate_per_s  # a rounding error can make it negative
                number += 1
            reached = end

    def _segments(self) -> Iterator[tuple[float, float, float]]:
        """Generate the start, the length (both in seconds) and the rate of each segment with one rate."""
        calm_s = self.every_s - self.for_s
        for period in range(math.ceil(self.duration_s / self.every_s)):
            start_s = period * self.every_s
            left_s = self.duration_s - start_s
            yield start_s, min(calm_s, left_s), self.rate_per_s
            if left_s > calm_s:
                yield start_s + calm_s, min(self.for_s, left_s - calm_s), self.spike_rate_per_s


@dataclass(frozen=True, slots=True)
class Replay:
    """Requests at given moments, such as those of an earlier run.

    Attributes:
        at_s: Offsets in seconds from the start, ascending.

    Raises:
        DeclarationError: There are none, or one is negative, not finite or smaller than the previous one.
    """

    at_s: tuple[float, ...]
    kind: Literal["replay"] = "replay"

    def __post_init__(self) -> None:
        if not self.at_s:
            raise DeclarationError("expected at least one offset to replay, saw none")
        before_s = 0.0
        for offset_s in self.at_s:
            if not before_s <= offset_s <= LONGEST_S:
                raise DeclarationError(
                    f"expected ascending offsets of 0 s and more, saw {offset_s:g} after {before_s:g}"
                )
            before_s = offset_s

    @property
    def planned(self) -> int:
        """How many requests it has."""
        return len(self.at_s)

    @property
    def duration_s(self) -> float:
        """When the last request is due, in seconds."""
        return self.at_s[-1]

    @property
    def rate_per_s(self) -> float:
        """Mean requests a second; 0 if all are due at once."""
        return self.planned / self.duration_s if self.duration_s else 0.0

    def offsets(self) -> Iterator[float]:
        """Generate when each request is due, in seconds from the start, ascending."""
        return iter(self.at_s)


Schedule = Constant | Poisson | Spike | Replay


def _whole_arrivals(expected: float) -> int:
    """Count the whole numbers from 0 below this one; a rounding error above a whole number does not count."""
    return max(1, math.ceil(expected - _ROUNDING))


def _check_rate(name: str, rate_per_s: float) -> None:
    if not 0 < rate_per_s < math.inf:
        raise DeclarationError(
            f"{name} must be > 0 requests a second, saw {rate_per_s:g}", fix="give a rate such as 100 or 0.5"
        )


def _check_seconds(name: str, seconds: float) -> None:
    if not 0 < seconds <= LONGEST_S:
        raise DeclarationError(
            f"{name} must be > 0 s and at most {LONGEST_S:g} s, saw {seconds:g}", fix="give a time such as 60s"
        )
