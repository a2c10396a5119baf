"""The picture of a drill: fault, what users saw, the alert's states and the messages, on one clock."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

from stackproof.judge import seconds
from stackproof.model import Outcome
from stackproof.report.drawing import (
    BLUE,
    EDGE,
    ORANGE,
    VERMILION,
    Format,
    draw_failures,
    new_figure,
    plain,
    say,
    shorten,
    to_bytes,
)
from stackproof.report.drill_lanes import LEVEL, Mailboxes, draw_states, ends
from stackproof.report.drill_scene import DrillScene
from stackproof.report.drill_words import drill_words
from stackproof.report.experiment_lanes import NAME_WIDTH, draw_names, name_rows
from stackproof.report.marks import Mark, Placed, levels_of, place
from stackproof.report.panels import (
    FOOT,
    GAP,
    LABEL,
    TICK,
    WIDTH,
    Panel,
    add_wide_legend,
    draw_latency,
    head_height,
    wrapped,
    write_head,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SLI, _NOTHING, _ERRORS, _ROW, _LEAST = 2.2, 0.4, 0.9, 0.24, 0.6  # inches
_BINS = 60


def render_drill(scene: DrillScene, form: Format = Format.PNG) -> bytes:
    """Draw a drill and write the picture."""
    return to_bytes(figure_of_drill(scene), form)


def figure_of_drill(scene: DrillScene) -> Figure:
    """Draw a drill: one panel under the other, all on the clock that begins with the injection."""
    head = [f"{scene.result.verdict}  {shorten(scene.title, 100)}", *wrapped(drill_words(scene.result))]
    panels = _panels(scene)
    heights = [head_height(head), *(panel.height for panel in panels)]
    figure = new_figure(WIDTH, sum(heights) + GAP * len(heights) + FOOT)
    top, *others = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    write_head(top, head)
    for axes, panel in zip(others, panels, strict=True):
        axes.set_label(panel.name)
        panel.draw(axes)
        _finish(axes, scene, last=axes is others[-1])
    figure.align_ylabels(others)
    add_wide_legend(figure, markers=1.2)
    return figure


def _panels(scene: DrillScene) -> list[Panel]:
    names = _moments(scene)
    panels = [Panel("fault", (1.2 + levels_of(names) * LEVEL) * _ROW, lambda axes: _draw_fault(axes, scene, names))]
    if scene.series:
        panels.append(Panel("sli", _SLI, lambda axes: _draw_series(axes, scene)))
    else:
        height = _SLI if scene.samples else _NOTHING
        panels.append(Panel("sli", height, lambda axes: _draw_requests(axes, scene)))
    if any(each.outcome is not Outcome.OK for each in scene.samples) and not scene.series:
        panels.append(Panel("errors", _ERRORS, lambda axes: _draw_errors(axes, scene)))
    if scene.lanes:
        height = max((len(scene.lanes) + 0.2) * _ROW, _LEAST)
        panels.append(Panel("alert", height, lambda axes: draw_states(axes, scene)))
    if scene.mailboxes:
        told = Mailboxes(scene)
        panels.append(Panel("told", max(told.rows * _ROW, _LEAST), told.draw))
    return panels


def _finish(axes: Axes, scene: DrillScene, *, last: bool) -> None:
    """What every panel has: the fault's shade, theory, and the clock."""
    left_s, right_s = ends(scene)
    cause = scene.result.view.cause
    if cause is not None:
        until_s = right_s if cause.healed_s is None else min(scene.since(cause.healed_s), right_s)
        axes.axvspan(0, until_s, color=ORANGE, alpha=0.22, linewidth=0, zorder=0)
    for at_s, style in _lines(scene):
        axes.axvline(at_s, color=EDGE, linestyle=style, linewidth=0.9)
    axes.set_axisbelow(True)
    axes.yaxis.label.set_fontsize(LABEL)
    axes.tick_params(labelsize=TICK)
    axes.grid(visible=True, alpha=0.25, axis="both" if axes.get_label() in {"sli", "errors"} else "x")
    axes.set_xlim(left_s, right_s)
    axes.tick_params(axis="x", labelbottom=last, length=3 if last else 0)
    if last:
        axes.set_xlabel("time since injection, s")


def _lines(scene: DrillScene) -> list[tuple[float, str]]:
    """Injected, theory and healed, each with its style."""
    view, right_s = scene.result.view, ends(scene)[1]
    lines = [(0.0, "-")]
    if 0 < view.drill.expected_s <= right_s:
        lines.append((view.drill.expected_s, ":"))
    if scene.since(view.healed_s) <= right_s:
        lines.append((scene.since(view.healed_s), "--"))
    return lines


def _moments(scene: DrillScene) -> tuple[Placed, ...]:
    names = {"-": "injected", ":": "theory: told by", "--": "healed"}
    marks = [
        Mark(at_s, names[style] if at_s == 0 else f"{names[style]} {seconds(at_s)}") for at_s, style in _lines(scene)
    ]
    return place(sorted(marks, key=lambda mark: mark.at_s), *ends(scene))


def _draw_fault(axes: Axes, scene: DrillScene, names: Sequence[Placed]) -> None:
    view, right_s = scene.result.view, ends(scene)[1]
    if view.cause is not None:
        until_s = min(scene.since(view.healed_s), right_s)
        axes.barh(0, max(until_s, 0.0), 0.84, 0, color=ORANGE, alpha=0.5, edgecolor=EDGE, linewidth=0.4)
    told = view.drill.fault if view.cause else f"{view.drill.fault} (not begun)"
    axes.annotate(
        plain(shorten(told, 110)),
        (0, 0),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=TICK,
        in_layout=False,
    )
    name_rows(axes, ["fault"])
    draw_names(axes, names, base=-0.5)
    axes.set_ylim(0.6, -0.6 - levels_of(names) * LEVEL)


def _draw_series(axes: Axes, scene: DrillScene) -> None:
    known = [each for each in scene.series if not isnan(each.value)]
    drill = scene.result.view.drill
    label = plain(shorten(drill.sli, NAME_WIDTH))
    at_s, values = [scene.since(each.at_s) for each in known], [each.value for each in known]
    axes.plot(at_s, values, color=BLUE, drawstyle="steps-post", label=label)
    if drill.threshold is not None:
        axes.axhline(drill.threshold, color=VERMILION, linestyle="--", linewidth=1.2, label="the alert's threshold")
    axes.set_ylabel(label)
    if not known:
        say(axes, f"the query of {label} gave nothing")


def _draw_requests(axes: Axes, scene: DrillScene) -> None:
    drill = scene.result.view.drill
    draw_latency(axes, scene.samples, scene.since)
    if scene.samples and drill.threshold is not None and drill.sli:
        axes.axhline(drill.threshold, color=VERMILION, linestyle="--", linewidth=1.2, label="the alert's threshold")


def _draw_errors(axes: Axes, scene: DrillScene) -> None:
    draw_failures(axes, scene.samples, scene.result.view.injected_s, scene.span_s / _BINS)
