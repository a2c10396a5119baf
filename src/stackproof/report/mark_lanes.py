"""Lanes of a picture: named rows, and lanes of named marks.

A row is one unit high. What must not be mixed up differs in shape as well as in colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stackproof.report.drawing import EDGE, GREY, plain
from stackproof.report.marks import NamedMoment, Placed, levels_of, place

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_WIDTH: Final = 30  # characters
LEVEL: Final = 0.75  # rows from one level of names to the next
SMALL: Final = 8.0  # points
_TINY = 7.0


@dataclass(frozen=True, slots=True)
class MarkStyle:
    """How a mark is drawn.

    Attributes:
        shape: matplotlib's marker.
        colour: Its colour.
        label: Its name in the legend; none if empty.
        filled: False for a hollow mark.
    """

    shape: str
    colour: str
    label: str = ""
    filled: bool = True


@dataclass(frozen=True, slots=True)
class MarkLane:
    """A named lane: marks in the order of time, each with its style."""

    name: str
    marks: Sequence[tuple[NamedMoment, MarkStyle]]


class MarkLanes:
    """Lanes of marks, laid out so that no name hides another.

    Args:
        label: Name of the panel.
        lanes: The lanes, from the top.
        span_s: Both ends of the time axis.

    Attributes:
        rows: Height of the panel, in rows.
    """

    def __init__(self, label: str, lanes: Sequence[MarkLane], span_s: tuple[float, float]) -> None:
        self._label = label
        self._lanes = lanes
        self._placed = [place([mark for mark, _ in lane.marks], *span_s) for lane in lanes]
        self._bases: list[float] = []
        top = 0.0
        for placed in self._placed:
            top += 1 + levels_of(placed) * LEVEL
            self._bases.append(top - 0.5)
        self.rows = top + 0.2

    def draw(self, axes: Axes) -> None:
        """Draw them."""
        for base, lane, placed in zip(self._bases, self._lanes, self._placed, strict=True):
            draw_names(axes, placed, base)
            for mark, style in lane.marks:
                _draw_mark(axes, mark, style, base)
        axes.set_yticks(self._bases, [plain(lane.name) for lane in self._lanes], fontsize=SMALL)
        axes.tick_params(axis="y", length=0)
        divide(axes, [base + 0.5 for base in self._bases[:-1]])
        axes.set_ylim(self.rows - 0.1, -0.1)
        axes.set_ylabel(self._label)


def _draw_mark(axes: Axes, mark: NamedMoment, style: MarkStyle, base: float) -> None:
    axes.plot(
        mark.at_s,
        base,
        style.shape,
        color=style.colour,
        markersize=7,
        markeredgecolor=EDGE if style.filled else style.colour,
        markeredgewidth=0.4 if style.filled else 1.5,
        fillstyle="full" if style.filled else "none",
        label=style.label or None,
    )


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Name rows that are one unit high, from the first one on."""
    axes.set_yticks(range(len(names)), names, fontsize=SMALL)
    axes.tick_params(axis="y", length=0)


def draw_names(axes: Axes, placed: Sequence[Placed], base: float) -> None:
    """Draw names above a line, each on a stem from its moment."""
    for each in placed:
        if each.level is None:
            continue
        height = base - LEVEL * (each.level + 0.5)
        axes.vlines(each.at_s, height - 0.25, base, color=GREY, linewidth=0.6)
        axes.annotate(
            plain(each.text),
            (each.begins_s, height),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=_TINY,
            in_layout=False,
        )


def divide(axes: Axes, heights: Sequence[float]) -> None:
    """Draw thin lines between groups of rows."""
    for height in heights:
        axes.axhline(height, color=GREY, linewidth=0.4, alpha=0.5)
