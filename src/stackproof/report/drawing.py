"""What plots have in common: colours, failures as bars, faults as shades, one legend, and encoding.

Colours are those of Okabe and Ito ("Color universal design", 2008), which colour-blind people can distinguish.
matplotlib is imported when a plot is drawn: that takes seconds, and most commands draw none.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from math import floor, inf
from typing import TYPE_CHECKING, Final

from stackproof.judge import FaultRecord
from stackproof.model import Outcome, Sample

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
GREY: Final = "#666666"
FAILURES: Final = {
    Outcome.REFUSED: VERMILION,
    Outcome.RESET: PURPLE,
    Outcome.TIMEOUT: BLACK,
    Outcome.CLOSED: BLUE,
    Outcome.UNAVAILABLE: YELLOW,
    Outcome.REJECTED: GREEN,
    Outcome.WRONG: SKY,
}
LEAST_S: Final = 1e-4
EDGE: Final = "#444444"
_SHADE = 0.22


class Format(StrEnum):
    """How a plot is written."""

    PNG = "png"
    SVG = "svg"


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, sizes in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - see the module's docstring
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def to_bytes(figure: Figure, form: Format) -> bytes:
    """Encode a figure."""
    picture = io.BytesIO()
    figure.savefig(picture, format=form)
    return picture.getvalue()


def plain(text: str) -> str:
    """Text as it is: matplotlib would read what is between two dollars as a formula."""
    return text.replace("$", r"\$")


def shorten(text: str, width: int) -> str:
    """Text on one line, with its middle left out if it is too long: names differ at both ends."""
    line = " ".join(text.split())
    kept = (width - 1) // 2
    return line if len(line) <= width else f"{line[: width - 1 - kept]}…{line[-kept:]}"


def draw_failures(axes: Axes, samples: Iterable[Sample], begun_s: float, width_s: float) -> None:
    """Draw failures per second as bars, one for each stretch of time, outcomes on top of each other."""
    per_bin = failures_per_bin(samples, begun_s, width_s)
    beneath: Counter[int] = Counter()
    for outcome, counts in per_bin.items():
        bins = sorted(counts)
        axes.bar(
            [each * width_s for each in bins],
            [counts[each] / width_s for each in bins],
            width_s,
            bottom=[beneath[each] / width_s for each in bins],
            align="edge",
            color=FAILURES[outcome],
            edgecolor=EDGE,
            linewidth=0.3,
            label=f"{outcome} ({counts.total():,})",
        )
        beneath.update(counts)
    if not per_bin:
        say(axes, "no failures")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("failures/s")


def say(axes: Axes, text: str) -> None:
    """Write a text in the middle of a panel that has nothing to show."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY)
    axes.set_yticks([])


def shade(axes: Axes, fault: FaultRecord, begun_s: float, ends_s: float, colour: str = ORANGE) -> Rectangle:
    """Shade the time for which a fault was held; to the end if no healing was recorded."""
    until_s = min(inf if fault.healed_s is None else fault.healed_s, ends_s)
    start_s, end_s = fault.injected_s - begun_s, until_s - begun_s
    label = plain(str(fault.fault))
    return axes.axvspan(start_s, end_s, color=colour, alpha=_SHADE, linewidth=0, zorder=0, label=label)


def add_legend(figure: Figure, columns: int = 4, markers: float = 4.0) -> None:
    """Add one legend for all panels below them, where it hides nothing."""
    by_label = legend_entries(figure)
    handles, labels = [*by_label.values()], [*by_label]
    if handles:
        figure.legend(handles, labels, loc="outside lower left", ncols=columns, fontsize="small", markerscale=markers)


def legend_entries(figure: Figure) -> dict[str, Artist]:
    """The named items of all panels, each name once."""
    by_label: dict[str, Artist] = {}
    for axes in figure.axes:
        handles, labels = axes.get_legend_handles_labels()
        by_label |= dict(zip(labels, handles, strict=True))
    return by_label


def failures_per_bin(samples: Iterable[Sample], begun_s: float, width_s: float) -> Mapping[Outcome, Counter[int]]:
    """Failures by how they ended, counted in stretches of time, in the order of ``Outcome``."""
    bad = [sample for sample in samples if sample.outcome is not Outcome.OK]
    counts = {
        outcome: Counter(floor((each.intended_s - begun_s) / width_s) for each in bad if each.outcome is outcome)
        for outcome in Outcome
    }
    return {outcome: counted for outcome, counted in counts.items() if counted}
