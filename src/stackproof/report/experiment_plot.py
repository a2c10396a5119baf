"""The picture of an experiment: requests, probes and containers around one fault, on one clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackproof.model import Outcome
from stackproof.report.drawing import EDGE, ORANGE, Format, draw_failures, new_figure, shade, shorten, to_bytes
from stackproof.report.experiment_lanes import Containers, colour_of, draw_faults, draw_probes, ends, fault_rows
from stackproof.report.experiment_lanes import probe_rows as rows_of_probes
from stackproof.report.experiment_words import words
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
from stackproof.report.scene import Scene, changes, lanes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LATENCY, _NO_LOAD, _ERRORS, _ROW = 2.6, 0.5, 1.1, 0.2  # inches
_LEAST_LABELLED = 0.65
_BINS = 60
_LINES = ("-", ":", "--", "-.")
_UNLISTED = "_"  # what begins so is left out of legends


def render_scene(scene: Scene, form: Format = Format.PNG) -> bytes:
    """Draw an experiment and write the picture."""
    return to_bytes(figure_of(scene), form)


def figure_of(scene: Scene) -> Figure:
    """Draw an experiment: one panel under the other, all on the clock that begins with the injection."""
    head = _head(scene)
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
    add_wide_legend(figure)
    return figure


def _head(scene: Scene) -> list[str]:
    return [f"{scene.experiment.verdict}  {shorten(scene.title, 100)}", *wrapped(words(scene))]


def _panels(scene: Scene) -> list[Panel]:
    """Those that have something to show."""
    failed = any(sample.outcome is not Outcome.OK for sample in scene.samples)
    asked, containers = lanes(scene.readings), Containers(scene, changes(scene))
    latency = _LATENCY if scene.samples else _NO_LOAD
    panels = [
        Panel("faults", fault_rows(scene) * _ROW, lambda axes: draw_faults(axes, scene)),
        Panel("latency", latency, lambda axes: draw_latency(axes, scene.samples, scene.since)),
    ]
    if failed:
        panels.append(Panel("errors", _ERRORS, lambda axes: _draw_errors(axes, scene)))
    if asked:
        height = max(rows_of_probes(asked) * _ROW, _LEAST_LABELLED)
        panels.append(Panel("probes", height, lambda axes: draw_probes(axes, scene, asked)))
    if containers.services:
        panels.append(Panel("containers", max(containers.rows * _ROW, _LEAST_LABELLED), containers.draw))
    return panels


def _finish(axes: Axes, scene: Scene, *, last: bool) -> None:
    """What every panel has: shades, the moments' lines and the clock."""
    colours = (ORANGE, *map(colour_of, range(len(scene.others))))
    for fault, colour in zip((scene.experiment, *scene.others), colours, strict=True):
        span = shade(axes, fault, scene.experiment.injected_s, scene.ends_s, colour)
        span.set_label(f"{_UNLISTED}{fault.fault}")  # it has its name in a lane of its own
    for at_s, style in zip(_moments(scene), _LINES, strict=True):
        if at_s is not None:
            axes.axvline(at_s, color=EDGE, linestyle=style, linewidth=0.9)
    axes.set_axisbelow(True)
    axes.yaxis.label.set_fontsize(LABEL)
    axes.tick_params(labelsize=TICK)
    axes.grid(visible=True, alpha=0.25, axis="x" if axes.get_label() in {"faults", "probes", "containers"} else "both")
    axes.set_xlim(*ends(scene))
    axes.tick_params(axis="x", labelbottom=last, length=3 if last else 0)
    if last:
        axes.set_xlabel("time since injection, s")


def _moments(scene: Scene) -> tuple[float | None, ...]:
    """Injected, first seen, healed and recovered, on the scene's clock."""
    experiment = scene.experiment
    moments_s = (experiment.injected_s, scene.detected_at_s, experiment.healed_s, scene.recovered_at_s)
    return tuple(None if at_s is None else scene.since(at_s) for at_s in moments_s)


def _draw_errors(axes: Axes, scene: Scene) -> None:
    draw_failures(axes, scene.samples, scene.experiment.injected_s, scene.span_s / _BINS)
