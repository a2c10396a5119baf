"""The picture of an experiment: requests, probes and containers around one fault, on one clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackproof.model import Outcome
from stackproof.report.drawing import EDGE, ORANGE, Format, draw_failures, shade, shorten, to_bytes
from stackproof.report.experiment_lanes import (
    colour_of,
    container_lanes,
    draw_faults,
    draw_probes,
    fault_rows,
    probe_rows,
)
from stackproof.report.experiment_scene import ExperimentScene, container_marks, probe_lanes
from stackproof.report.experiment_sentence import experiment_sentence
from stackproof.report.panels import Panel, draw_latency, stacked, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LATENCY, _NO_LOAD, _ERRORS, _ROW = 2.6, 0.5, 1.1, 0.2  # inches
_LEAST_LABELLED = 0.65
_BINS = 60
_LINES = ("-", ":", "--", "-.")
_UNLISTED = "_"  # labels that begin like this are left out of legends


def render_experiment(scene: ExperimentScene, form: Format = Format.PNG) -> bytes:
    """Draw an experiment and encode the picture."""
    return to_bytes(figure_of_experiment(scene), form)


def figure_of_experiment(scene: ExperimentScene) -> Figure:
    """Draw an experiment: panels below each other, on the clock that begins with the injection."""
    head = [f"{scene.shown.verdict}  {shorten(scene.title, 100)}", *wrapped(experiment_sentence(scene))]
    return stacked(head, _panels(scene), scene.span, lambda axes: _decorate(axes, scene))


def _panels(scene: ExperimentScene) -> list[Panel]:
    """Those that have something to show."""
    failed = any(sample.outcome is not Outcome.OK for sample in scene.samples)
    asked, marks = probe_lanes(scene.readings), container_marks(scene)
    latency = _LATENCY if scene.samples else _NO_LOAD
    panels = [
        Panel("faults", fault_rows(scene) * _ROW, lambda axes: draw_faults(axes, scene), is_of_lanes=True),
        Panel("latency", latency, lambda axes: draw_latency(axes, scene.samples, scene.since)),
    ]
    if failed:
        panels.append(Panel("errors", _ERRORS, lambda axes: _draw_errors(axes, scene)))
    if asked:
        height = max(probe_rows(asked) * _ROW, _LEAST_LABELLED)
        panels.append(Panel("probes", height, lambda axes: draw_probes(axes, scene, asked), is_of_lanes=True))
    if marks:
        lanes = container_lanes(scene, marks)
        panels.append(Panel("containers", max(lanes.rows * _ROW, _LEAST_LABELLED), lanes.draw, is_of_lanes=True))
    return panels


def _decorate(axes: Axes, scene: ExperimentScene) -> None:
    """Shade the faults, and draw the moments' lines."""
    colours = (ORANGE, *map(colour_of, range(len(scene.others))))
    for fault, colour in zip((scene.shown, *scene.others), colours, strict=True):
        span = shade(axes, fault, scene.shown.injected_s, scene.ends_s, colour)
        span.set_label(f"{_UNLISTED}{fault.fault}")  # it is named in a lane of its own
    for at_s, style in zip(_moments(scene), _LINES, strict=True):
        if at_s is not None:
            axes.axvline(at_s, color=EDGE, linestyle=style, linewidth=0.9)


def _moments(scene: ExperimentScene) -> tuple[float | None, ...]:
    """Injected, first seen, healed and recovered, on the scene's clock."""
    shown = scene.shown
    moments_s = (shown.injected_s, scene.detected_at_s, shown.healed_s, scene.recovered_at_s)
    return tuple(None if at_s is None else scene.since(at_s) for at_s in moments_s)


def _draw_errors(axes: Axes, scene: ExperimentScene) -> None:
    draw_failures(axes, scene.samples, scene.shown.injected_s, scene.span_s / _BINS)
