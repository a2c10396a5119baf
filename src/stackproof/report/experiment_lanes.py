"""The panels of an experiment's picture that have lanes: faults, probes, and what the engine said of containers.

A row is one unit high. What must not be mixed up differs in shape as well as in colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from stackproof.judge import Experiment, seconds
from stackproof.report.drawing import BLACK, BLUE, EDGE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, plain, shorten
from stackproof.report.marks import Mark, Placed, levels_of, place
from stackproof.report.scene import Change, Lane, Scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_WIDTH: Final = 30
_OTHERS = (PURPLE, SKY, GREY)
_MOST_OTHERS = 5
_SMALL, _TINY = 8.0, 7.0
_TEXT_LEVEL = 0.75  # rows from one level of names to the next
_LEAST_SHARE = 0.002  # of the span: what is shorter would not be seen
_WORDS_SHARE = 0.6  # of the span: names that begin later are written to the left
_NO_HEIGHT, _YES_HEIGHT = 0.84, 0.3
_DOWN = {"die", "kill", "stop", "oom", "pause", "destroy", "unhealthy"}
_UP = {"create", "start", "restart", "unpause", "healthy"}


def colour_of(place_among_others: int) -> str:
    """The colour of another fault than the one that is shown."""
    return _OTHERS[place_among_others % len(_OTHERS)]


def moments(scene: Scene) -> tuple[Placed, ...]:
    """The experiment's own moments, with their names' places."""
    experiment = scene.experiment
    wanted = (
        ("injected", experiment.injected_s),
        ("first sign" if experiment.detected_by else "bit", scene.detected_at_s),
        ("healed", experiment.healed_s),
        ("recovered", scene.recovered_at_s),
    )
    marks = [Mark(scene.since(at_s), _named(name, scene.since(at_s))) for name, at_s in wanted if at_s is not None]
    return place(sorted(marks, key=lambda mark: mark.at_s), *ends(scene))


def _named(name: str, at_s: float) -> str:
    return name if at_s == 0 else f"{name} {seconds(at_s)}"


def ends(scene: Scene) -> tuple[float, float]:
    """Both ends of the time axis."""
    return scene.since(scene.begins_s), scene.since(scene.ends_s)


def fault_rows(scene: Scene) -> float:
    """Height of the panel of faults, in rows."""
    return 1 + min(len(scene.others), _MOST_OTHERS) + levels_of(moments(scene)) * _TEXT_LEVEL + 0.2


def draw_faults(axes: Axes, scene: Scene) -> None:
    """One lane a fault, with its words, and above them the experiment's moments by name."""
    shown = (scene.experiment, *scene.others[:_MOST_OTHERS])
    colours = (ORANGE, *map(colour_of, range(len(scene.others))))
    for row, (fault, colour) in enumerate(zip(shown, colours, strict=False)):
        _draw_fault(axes, scene, fault, row, colour)
    hidden = len(scene.others) - _MOST_OTHERS
    more = f" (and {hidden} more)" if hidden > 0 else ""
    names = [plain(shorten(fault.fault.kind, NAME_WIDTH)) for fault in shown]
    name_rows(axes, [*names[:-1], names[-1] + more])
    draw_names(axes, moments(scene), base=-0.5)
    axes.set_ylim(len(shown) - 0.5, len(shown) - 0.5 - fault_rows(scene))


def _draw_fault(axes: Axes, scene: Scene, fault: Experiment, row: int, colour: str) -> None:
    left_s, right_s = ends(scene)
    begins_s = max(scene.since(fault.injected_s), left_s)
    ends_s = right_s if fault.healed_s is None else min(scene.since(fault.healed_s), right_s)
    width_s = max(ends_s - begins_s, _LEAST_SHARE * scene.span_s)
    axes.barh(row, width_s, 0.84, begins_s, color=colour, alpha=0.5, edgecolor=EDGE, linewidth=0.4)
    late = begins_s - left_s > _WORDS_SHARE * scene.span_s
    axes.annotate(
        plain(shorten(str(fault.fault), 90)),
        (begins_s, row),
        xytext=(-4 if late else 4, 0),
        textcoords="offset points",
        ha="right" if late else "left",
        va="center",
        fontsize=_SMALL,
        in_layout=False,
    )


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Name rows that are one unit high, from the first one on."""
    axes.set_yticks(range(len(names)), names, fontsize=_SMALL)
    axes.tick_params(axis="y", length=0)


def draw_names(axes: Axes, placed: Sequence[Placed], base: float) -> None:
    """Names above a line, each on a stem from its moment."""
    for each in placed:
        if each.level is None:
            continue
        height = base - _TEXT_LEVEL * (each.level + 0.5)
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


def probe_rows(lanes: Sequence[Lane]) -> float:
    """Height of the panel of probes, in rows."""
    return len(lanes) + 0.2


def draw_probes(axes: Axes, scene: Scene, lanes: Sequence[Lane]) -> None:
    """One row a probe: a thin green line where it said yes, a thick hatched red bar where it said no."""
    for row, lane in enumerate(lanes):
        for stretch in lane.stretches:
            begins_s = scene.since(stretch.begins_s)
            width_s = max(stretch.ends_s - stretch.begins_s, _LEAST_SHARE * scene.span_s)
            if stretch.ok:
                axes.barh(row, width_s, _YES_HEIGHT, begins_s, color=GREEN, label="probe said yes")
            else:
                axes.barh(
                    row,
                    width_s,
                    _NO_HEIGHT,
                    begins_s,
                    color=VERMILION,
                    hatch="////",
                    edgecolor="#FFFFFF",
                    linewidth=0,
                    label="probe said no",
                )
    name_rows(axes, [plain(_name(lanes, row)) for row in range(len(lanes))])
    _divide(axes, [row for row in range(1, len(lanes)) if lanes[row].service != lanes[row - 1].service])
    axes.set_ylim(len(lanes) - 0.5 + 0.1, -0.6)
    axes.set_ylabel("probes")


def _name(lanes: Sequence[Lane], row: int) -> str:
    """The service stands only in the first of its rows."""
    lane = lanes[row]
    first = row == 0 or lanes[row - 1].service != lane.service
    return f"{shorten(lane.service, NAME_WIDTH)}  {lane.kind}" if first else str(lane.kind)


def _divide(axes: Axes, rows: Sequence[int]) -> None:
    for row in rows:
        axes.axhline(row - 0.5, color=GREY, linewidth=0.4, alpha=0.5)


class Containers:
    """What the engine said, one lane a service, laid out.

    Args:
        scene: The scene on whose clock it is.
        changes: What the engine said, by service and time.
    """

    def __init__(self, scene: Scene, changes: Sequence[Change]) -> None:
        self.services = tuple(dict.fromkeys(change.service for change in changes))
        self.marks = {name: [_mark(scene, each) for each in changes if each.service == name] for name in self.services}
        self.placed = {name: place(marks, *ends(scene)) for name, marks in self.marks.items()}
        self.bases: list[float] = []
        top = 0.0
        for name in self.services:
            top += 1 + levels_of(self.placed[name]) * _TEXT_LEVEL
            self.bases.append(top - 0.5)
        self.rows = top + 0.2

    def draw(self, axes: Axes) -> None:
        """Draw them: downwards what stops a container, upwards what starts one."""
        for base, name in zip(self.bases, self.services, strict=True):
            draw_names(axes, self.placed[name], base)
            for mark in self.marks[name]:
                shape, colour = _shape(mark.text)
                axes.plot(mark.at_s, base, shape, color=colour, markersize=7, markeredgecolor=EDGE, markeredgewidth=0.4)
        axes.set_yticks(self.bases, [plain(shorten(name, NAME_WIDTH)) for name in self.services], fontsize=_SMALL)
        axes.tick_params(axis="y", length=0)
        for base in self.bases[:-1]:
            axes.axhline(base + 0.5, color=GREY, linewidth=0.4, alpha=0.5)
        axes.set_ylim(self.rows - 0.1, -0.1)
        axes.set_ylabel("containers")


def _mark(scene: Scene, change: Change) -> Mark:
    return Mark(scene.since(change.at_s), shorten(change.word, NAME_WIDTH))


def _shape(word: str) -> tuple[str, str]:
    if word in _DOWN:
        return "v", VERMILION
    return ("^", GREEN) if word in _UP else ("d", BLUE if word.startswith("(") else BLACK)
