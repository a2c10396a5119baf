"""The panels of an experiment's picture that have lanes: faults, probes, and the changes of containers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stackproof.judge import FaultRecord, seconds
from stackproof.report.drawing import BLACK, BLUE, EDGE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, plain, shorten
from stackproof.report.experiment_scene import ContainerMark, ExperimentScene, ProbeLane
from stackproof.report.mark_lanes import (
    LEVEL,
    NAME_WIDTH,
    SMALL,
    MarkLane,
    MarkLanes,
    MarkStyle,
    divide,
    draw_names,
    name_rows,
)
from stackproof.report.marks import NamedMoment, Placed, levels_of, place

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_OTHERS = (PURPLE, SKY, GREY)
_MOST_OTHERS = 5
_LEAST_SHARE = 0.002  # of the span: anything shorter would not be visible
_TEXT_SHARE = 0.6  # of the span: the text of bars that begin later stands to the left
_NO_HEIGHT, _YES_HEIGHT = 0.84, 0.3
_DOWN = {"die", "kill", "stop", "oom", "pause", "destroy", "unhealthy"}
_UP = {"create", "start", "restart", "unpause", "healthy"}


def colour_of(place_among_others: int) -> str:
    """The colour of a fault other than the one that is shown."""
    return _OTHERS[place_among_others % len(_OTHERS)]


def moments(scene: ExperimentScene) -> tuple[Placed, ...]:
    """The experiment's own moments, with the places of their names."""
    shown = scene.shown
    wanted = (
        ("injected", shown.injected_s),
        ("first sign" if shown.detected_by else "confirmed", scene.detected_at_s),
        ("healed", shown.healed_s),
        ("recovered", scene.recovered_at_s),
    )
    marks = [
        NamedMoment(scene.since(at_s), _named(name, scene.since(at_s))) for name, at_s in wanted if at_s is not None
    ]
    return place(sorted(marks, key=lambda mark: mark.at_s), *scene.span)


def _named(name: str, at_s: float) -> str:
    return name if at_s == 0 else f"{name} {seconds(at_s)}"


def fault_rows(scene: ExperimentScene) -> float:
    """Height of the panel of faults, in rows."""
    return 1 + min(len(scene.others), _MOST_OTHERS) + levels_of(moments(scene)) * LEVEL + 0.2


def draw_faults(axes: Axes, scene: ExperimentScene) -> None:
    """Draw one lane for each fault, with its text, and above them the experiment's moments by name."""
    shown = (scene.shown, *scene.others[:_MOST_OTHERS])
    colours = (ORANGE, *map(colour_of, range(len(scene.others))))
    for row, (fault, colour) in enumerate(zip(shown, colours, strict=False)):
        _draw_fault(axes, scene, fault, row, colour)
    hidden = len(scene.others) - _MOST_OTHERS
    more = f" (and {hidden} more)" if hidden > 0 else ""
    names = [plain(shorten(fault.fault.kind, NAME_WIDTH)) for fault in shown]
    name_rows(axes, [*names[:-1], names[-1] + more])
    draw_names(axes, moments(scene), base=-0.5)
    axes.set_ylim(len(shown) - 0.5, len(shown) - 0.5 - fault_rows(scene))


def _draw_fault(axes: Axes, scene: ExperimentScene, fault: FaultRecord, row: int, colour: str) -> None:
    left_s, right_s = scene.span
    begins_s = max(scene.since(fault.injected_s), left_s)
    ends_s = right_s if fault.healed_s is None else min(scene.since(fault.healed_s), right_s)
    width_s = max(ends_s - begins_s, _LEAST_SHARE * scene.span_s)
    axes.barh(row, width_s, 0.84, begins_s, color=colour, alpha=0.5, edgecolor=EDGE, linewidth=0.4)
    late = begins_s - left_s > _TEXT_SHARE * scene.span_s
    axes.annotate(
        plain(shorten(str(fault.fault), 90)),
        (begins_s, row),
        xytext=(-4 if late else 4, 0),
        textcoords="offset points",
        ha="right" if late else "left",
        va="center",
        fontsize=SMALL,
        in_layout=False,
    )


def probe_rows(lanes: Sequence[ProbeLane]) -> float:
    """Height of the panel of probes, in rows."""
    return len(lanes) + 0.2


def draw_probes(axes: Axes, scene: ExperimentScene, lanes: Sequence[ProbeLane]) -> None:
    """Draw one row for each probe: a thin green line for yes, a thick hatched red bar for no."""
    for row, lane in enumerate(lanes):
        for interval in lane.intervals:
            begins_s = scene.since(interval.begins_s)
            width_s = max(interval.ends_s - interval.begins_s, _LEAST_SHARE * scene.span_s)
            if interval.ok:
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
    divide(axes, [row - 0.5 for row in range(1, len(lanes)) if lanes[row].service != lanes[row - 1].service])
    axes.set_ylim(len(lanes) - 0.5 + 0.1, -0.6)
    axes.set_ylabel("probes")


def _name(lanes: Sequence[ProbeLane], row: int) -> str:
    """The service is named in the first of its rows only."""
    lane = lanes[row]
    first = row == 0 or lanes[row - 1].service != lane.service
    return f"{shorten(lane.service, NAME_WIDTH)}  {lane.kind}" if first else str(lane.kind)


def container_lanes(scene: ExperimentScene, marks: Sequence[ContainerMark]) -> MarkLanes:
    """The changes of containers, one lane for each service: downwards what stops one, upwards what starts one."""
    lanes = [
        MarkLane(shorten(name, NAME_WIDTH), [_mark(scene, each) for each in marks if each.service == name])
        for name in dict.fromkeys(each.service for each in marks)
    ]
    return MarkLanes("containers", lanes, scene.span)


def _mark(scene: ExperimentScene, mark: ContainerMark) -> tuple[NamedMoment, MarkStyle]:
    text = shorten(mark.text, NAME_WIDTH)
    return NamedMoment(scene.since(mark.at_s), text), _style(text)


def _style(text: str) -> MarkStyle:
    if text in _DOWN:
        return MarkStyle("v", VERMILION)
    return MarkStyle("^", GREEN) if text in _UP else MarkStyle("d", BLUE if text.startswith("(") else BLACK)
