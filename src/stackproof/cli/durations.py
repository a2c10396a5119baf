"""Durations on the command line: ``30s``, ``1m30s``, or a number of seconds."""

import click
import durationpy


class Duration(click.ParamType[float]):
    """A duration in the format of Go (https://pkg.go.dev/time#ParseDuration), or a number of seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The duration in seconds."""
        if isinstance(value, int | float):
            return float(value)
        text = str(value)
        try:
            return (
                float(text) if text.replace(".", "", 1).isdigit() else float(durationpy.from_str(text).total_seconds())
            )
        except (ValueError, durationpy.DurationError):
            self.fail(f"expected a duration such as 30s or 1m30s, saw {text!r}", param, ctx)


DURATION = Duration()
