"""What pictures of several panels have in common: layout, the text above them, the legend, and latencies."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

from stackproof.model import Outcome, Sample
from stackproof.report.drawing import (
    BLACK,
    BLUE,
    EDGE,
    FAILURES,
    GREEN,
    LEAST_S,
    SKY,
    add_legend,
    legend_entries,
    new_figure,
    plain,
    say,
    shorten,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TICK: Final = 8  # points
_LABEL = 9
_WIDTH = 12.0  # inches, as are all heights
_FOOT, _GAP = 0.55, 0.1
_TITLE, _LINE, _LEGEND_LINE = 0.27, 0.145, 0.2
_CHARACTERS, _MOST_LINES = 185, 7
_STREAM_WIDTH, _LEGEND_CHARACTERS, _KEY_CHARACTERS = 45, 165, 7
_NUMBER = re.compile(r"(?<=\d) (?=(s|ms)\b)")
_MANY = 2000
_COLOURS, _SHAPES = (SKY, BLUE, GREEN, BLACK), ("o", "s", "^", "d")
_MARGIN, _CLOSE = 1.5, 1000.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of a picture.

    Attributes:
        name: Its name.
        height: Its height in inches.
        draw: Draws it.
        is_of_lanes: True for lanes, which have no scale of their own.
    """

    name: str
    height: float
    draw: Callable[[Axes], None]
    is_of_lanes: bool = False


def stacked(
    head: Sequence[str],
    panels: Sequence[Panel],
    span_s: tuple[float, float],
    decorate: Callable[[Axes], None],
    markers: float = 2.5,
) -> Figure:
    """A figure with panels below each other, all on one clock that begins with an injection.

    Args:
        head: The title, and the lines of text under it.
        panels: The panels, from the top.
        span_s: Both ends of the clock.
        decorate: Adds to a panel what every panel has.
        markers: Size of the markers in the legend, relative to those in the panels.
    """
    heights = [_head_height(head), *(panel.height for panel in panels)]
    figure = new_figure(_WIDTH, sum(heights) + _GAP * len(heights) + _FOOT)
    top, *others = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _write_head(top, head)
    for axes, panel in zip(others, panels, strict=True):
        axes.set_label(panel.name)
        panel.draw(axes)
        decorate(axes)
        _finish(axes, panel, span_s, last=axes is others[-1])
    figure.align_ylabels(others)
    _add_wide_legend(figure, markers)
    return figure


def _finish(axes: Axes, panel: Panel, span_s: tuple[float, float], *, last: bool) -> None:
    axes.set_axisbelow(True)
    axes.yaxis.label.set_fontsize(_LABEL)
    axes.tick_params(labelsize=TICK)
    axes.grid(visible=True, alpha=0.25, axis="x" if panel.is_of_lanes else "both")
    axes.set_xlim(*span_s)
    axes.tick_params(axis="x", labelbottom=last, length=3 if last else 0)
    if last:
        axes.set_xlabel("time since injection, s")


def wrapped(text: str) -> list[str]:
    """Text in lines as long as a picture is wide; a number stays with its unit."""
    joined = _NUMBER.sub("\N{NO-BREAK SPACE}", text)
    return textwrap.wrap(joined, _CHARACTERS, max_lines=_MOST_LINES, placeholder=" …", break_on_hyphens=False)


def _head_height(lines: Sequence[str]) -> float:
    return _TITLE + _LINE * (len(lines) - 1)


def _write_head(axes: Axes, lines: Sequence[str]) -> None:
    """Write the title and the text, from the figure's left edge on."""
    from matplotlib.transforms import blended_transform_factory  # noqa: PLC0415 - see drawing's docstring

    axes.axis("off")
    where = blended_transform_factory(axes.figure.transFigure, axes.transAxes)
    title, *text = map(plain, lines)
    axes.text(0.01, 1.0, title, transform=where, va="top", fontsize=12, fontweight="bold", in_layout=False)
    axes.text(0.01, 0.0, "\n".join(text), transform=where, va="bottom", fontsize=8.5, in_layout=False)


def _add_wide_legend(figure: Figure, markers: float) -> None:
    """Add a legend in as many columns as its names leave room for, and make the figure higher by its rows."""
    names = legend_entries(figure)
    if names:
        columns = columns_of([*names])
        rows = ceil(len(names) / columns)
        figure.set_figheight(figure.get_figheight() + rows * _LEGEND_LINE)
        add_legend(figure, columns, markers=markers)


def columns_of(names: Sequence[str]) -> int:
    """The most columns, filled downwards, whose longest names fit next to each other."""
    for columns in range(len(names), 1, -1):
        least, more = divmod(len(names), columns)
        sizes = [least + 1] * more + [least] * (columns - more)
        starts = [sum(sizes[:place]) for place in range(columns)]
        longest = [max(map(len, names[start : start + size])) for start, size in zip(starts, sizes, strict=True)]
        if sum(longest) + _KEY_CHARACTERS * columns <= _LEGEND_CHARACTERS:
            return columns
    return 1


def draw_latency(axes: Axes, samples: Sequence[Sample], since: Callable[[float], float]) -> None:
    """Draw good answers as dots, one shape for each stream; failures as crosses in the colour of their outcome."""
    if not samples:
        say(axes, "no request was sent in this time")
        return
    size = 2.0 if len(samples) > _MANY else 3.5
    good = [sample for sample in samples if sample.outcome is Outcome.OK]
    for place, stream in enumerate(sorted({sample.stream for sample in good})):
        colour, shape = _look(place)
        ours = [sample for sample in good if sample.stream == stream]
        label = plain(f"{shorten(stream, _STREAM_WIDTH)} ({len(ours):,})")
        at_s, took_s = _points(since, ours)
        axes.plot(
            at_s,
            took_s,
            shape,
            color=colour,
            markersize=size,
            markeredgewidth=0,
            alpha=0.6,
            label=label,
            rasterized=True,
        )
    for outcome, colour in FAILURES.items():
        at_s, took_s = _points(since, [sample for sample in samples if sample.outcome is outcome])
        crosses = 5.0 if len(samples) > _MANY else 6.0
        axes.plot(at_s, took_s, "X", color=colour, markersize=crosses, markeredgecolor=EDGE, markeredgewidth=0.4)
    _scale(axes, [max(sample.latency_s, LEAST_S) for sample in samples])


def _look(place: int) -> tuple[str, str]:
    """Colour and shape of a stream: both differ from one to the next, and the pairs of 16 streams differ."""
    return _COLOURS[place % len(_COLOURS)], _SHAPES[(place + place // len(_COLOURS)) % len(_SHAPES)]


def _points(since: Callable[[float], float], samples: Sequence[Sample]) -> tuple[list[float], list[float]]:
    at_s = [since(sample.intended_s) for sample in samples]
    return at_s, [max(sample.latency_s, LEAST_S) for sample in samples]


def _scale(axes: Axes, latencies_s: Sequence[float]) -> None:
    """Set a logarithmic scale over at least a decade, so that it has numbers however little is on it."""
    from matplotlib.ticker import LogLocator, NullLocator  # noqa: PLC0415 - see drawing's docstring

    low_s, high_s = min(latencies_s) / _MARGIN, max(latencies_s) * _MARGIN
    high_s = max(high_s, low_s * 10)
    axes.set_yscale("log")
    axes.set_ylim(low_s, high_s)
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high_s / low_s < _CLOSE else (1.0,)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _position: f"{value:g}")
    axes.set_ylabel("latency, s")
