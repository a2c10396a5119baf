"""Durations as Prometheus and Alertmanager write them, in whole milliseconds.

Source: https://github.com/prometheus/common/blob/main/model/time.go, where a millisecond is the smallest unit.
"""

from datetime import timedelta

import promql_parser

from stackproof.model import DeclarationError, Location

_UNITS = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))
_ZERO = frozenset("0ywdhms")
_MILLISECOND = timedelta(milliseconds=1)


def read_ms(text: str, where: Location) -> int:
    """Milliseconds of a duration such as ``1h30m``, ``250ms`` or ``0``.

    Raises:
        DeclarationError: It is not a duration.
    """
    if text and set(text) <= _ZERO and "0" in text:
        return 0  # the parser does not accept a duration of zero
    try:
        # PromQL accepts bare seconds, configuration files do not
        return whole_ms(promql_parser.parse_duration("" if text.isdigit() else text))
    except (ValueError, OverflowError):
        raise DeclarationError(
            f"expected a duration, saw {text!r}",
            where=where,
            fix="write whole numbers with units, from large to small: 1h30m",
        ) from None


def whole_ms(span: timedelta) -> int:
    """Milliseconds of a span from the parser, whose smallest unit they are."""
    return span // _MILLISECOND


def write_ms(span_ms: int) -> str:
    """The duration as Prometheus writes it: ``90000`` is ``1m30s``. A negative span, as of an offset, has a ``-``."""
    if span_ms == 0:
        return "0s"
    parts, left = "", abs(span_ms)
    for unit, unit_ms in _UNITS:
        count, rest = divmod(left, unit_ms)
        if count and not (unit in {"w", "d"} and rest):  # 36h is easier to read than 1d12h
            parts += f"{count}{unit}"
            left = rest
    return f"-{parts}" if span_ms < 0 else parts


def compressed_ms(span_ms: int, factor: float, where: Location) -> int:
    """A span divided by the factor, to the nearest millisecond.

    Raises:
        DeclarationError: The result would be less than a millisecond, Prometheus' smallest unit.
    """
    left = round(span_ms / factor)
    if span_ms and not left:
        raise DeclarationError(
            f"expected a duration of at least a millisecond after division by {factor:g}, saw {write_ms(span_ms)}",
            where=where,
            fix=f"use a factor of {abs(span_ms)} at most: Prometheus' smallest unit is 1 ms",
        )
    return left
