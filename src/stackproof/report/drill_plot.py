"""The picture of a drill: its cause, what users saw, the alert's states and the notifications, on one clock."""

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
    plain,
    say,
    shorten,
    to_bytes,
)
from stackproof.report.drill_lanes import draw_states, mailbox_lanes
from stackproof.report.drill_scene import DrillScene
from stackproof.report.drill_sentence import drill_sentence
from stackproof.report.mark_lanes import LEVEL, NAME_WIDTH, draw_names, name_rows
from stackproof.report.marks import NamedMoment, Placed, levels_of, place
from stackproof.report.panels import TICK, Panel, draw_latency, stacked, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SLI, _NOTHING, _ERRORS, _ROW, _LEAST = 2.2, 0.4, 0.9, 0.24, 0.6  # inches
_BINS = 60
_MARKERS = 1.2


def render_drill(scene: DrillScene, form: Format = Format.PNG) -> bytes:
    """Draw a drill and encode the picture."""
    return to_bytes(figure_of_drill(scene), form)


def figure_of_drill(scene: DrillScene) -> Figure:
    """Draw a drill: panels below each other, on the clock that begins with the injection."""
    head = [f"{scene.result.verdict}  {shorten(scene.title, 100)}", *wrapped(drill_sentence(scene.result))]
    return stacked(head, _panels(scene), scene.span, lambda axes: _decorate(axes, scene), _MARKERS)


def _panels(scene: DrillScene) -> list[Panel]:
    names = _moments(scene)
    height = (1.2 + levels_of(names) * LEVEL) * _ROW
    panels = [Panel("fault", height, lambda axes: _draw_cause(axes, scene, names), is_of_lanes=True)]
    if scene.series:
        panels.append(Panel("sli", _SLI, lambda axes: _draw_series(axes, scene)))
    else:
        height = _SLI if scene.samples else _NOTHING
        panels.append(Panel("sli", height, lambda axes: _draw_requests(axes, scene)))
    if any(each.outcome is not Outcome.OK for each in scene.samples) and not scene.series:
        panels.append(Panel("errors", _ERRORS, lambda axes: _draw_errors(axes, scene)))
    if scene.lanes:
        height = max((len(scene.lanes) + 0.2) * _ROW, _LEAST)
        panels.append(Panel("alert", height, lambda axes: draw_states(axes, scene), is_of_lanes=True))
    if scene.mailboxes:
        lanes = mailbox_lanes(scene)
        panels.append(Panel("notified", max(lanes.rows * _ROW, _LEAST), lanes.draw, is_of_lanes=True))
    return panels


def _decorate(axes: Axes, scene: DrillScene) -> None:
    """Shade the cause, and draw the lines of its moments and of theory."""
    _, right_s = scene.span
    cause = scene.result.view.cause
    if cause is not None:
        until_s = right_s if cause.healed_s is None else min(scene.since(cause.healed_s), right_s)
        axes.axvspan(0, until_s, color=ORANGE, alpha=0.22, linewidth=0, zorder=0)
    for at_s, style in _lines(scene):
        axes.axvline(at_s, color=EDGE, linestyle=style, linewidth=0.9)


def _lines(scene: DrillScene) -> list[tuple[float, str]]:
    """Injected, theory and healed, each with its style."""
    view, right_s = scene.result.view, scene.span[1]
    lines = [(0.0, "-")]
    if 0 < view.drill.expected_s <= right_s:
        lines.append((view.drill.expected_s, ":"))
    if scene.since(view.healed_s) <= right_s:
        lines.append((scene.since(view.healed_s), "--"))
    return lines


def _moments(scene: DrillScene) -> tuple[Placed, ...]:
    names = {"-": "injected", ":": "theory: notified by", "--": "healed"}
    marks = [
        NamedMoment(at_s, names[style] if at_s == 0 else f"{names[style]} {seconds(at_s)}")
        for at_s, style in _lines(scene)
    ]
    return place(sorted(marks, key=lambda mark: mark.at_s), *scene.span)


def _draw_cause(axes: Axes, scene: DrillScene, names: Sequence[Placed]) -> None:
    view, right_s = scene.result.view, scene.span[1]
    if view.cause is not None:
        until_s = min(scene.since(view.healed_s), right_s)
        axes.barh(0, max(until_s, 0.0), 0.84, 0, color=ORANGE, alpha=0.5, edgecolor=EDGE, linewidth=0.4)
    text = view.drill.fault if view.cause else f"{view.drill.fault} (not begun)"
    axes.annotate(
        plain(shorten(text, 110)),
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
    label = plain(shorten(scene.result.view.drill.sli, NAME_WIDTH))
    at_s, values = [scene.since(each.at_s) for each in known], [each.value for each in known]
    axes.plot(at_s, values, color=BLUE, drawstyle="steps-post", label=label)
    _draw_threshold(axes, scene)
    axes.set_ylabel(label)
    if not known:
        say(axes, f"the query of {label} gave nothing")


def _draw_requests(axes: Axes, scene: DrillScene) -> None:
    draw_latency(axes, scene.samples, scene.since)
    if scene.samples and scene.result.view.drill.sli:
        _draw_threshold(axes, scene)


def _draw_threshold(axes: Axes, scene: DrillScene) -> None:
    threshold = scene.result.view.drill.threshold
    if threshold is not None:
        axes.axhline(threshold, color=VERMILION, linestyle="--", linewidth=1.2, label="the alert's threshold")


def _draw_errors(axes: Axes, scene: DrillScene) -> None:
    draw_failures(axes, scene.samples, scene.result.view.injected_s, scene.span_s / _BINS)
