"""Durations on the command line: ``30s``, ``1m30s``, or plain seconds."""

import click
import durationpy


class Duration(click.ParamType[float]):
    """A length of time as Go writes it (https://pkg.go.dev/time#ParseDuration), or a number of seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The length in seconds."""
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
