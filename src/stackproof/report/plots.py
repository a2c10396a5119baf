"""Plots of one stream of requests: latency and failures over time, with the faults that were held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from stackproof.judge import FaultRecord, fault_records, measures, percent, seconds
from stackproof.model import Event, Objective, Outcome, Sample
from stackproof.report.drawing import (
    BLACK,
    GREEN,
    LEAST_S,
    PURPLE,
    SKY,
    VERMILION,
    Format,
    add_legend,
    draw_failures,
    new_figure,
    shade,
    to_bytes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS, _QUANTILE = SKY, BLACK
_THRESHOLDS = (VERMILION, PURPLE, GREEN)
_QUANTILE_SHARE = 0.95
_BINS = 60
_SLIGHTLY_WIDER = 1.000001  # so that the last request has no bin of its own


@dataclass(frozen=True, slots=True)
class StreamPlot:
    """What is drawn of one stream.

    Attributes:
        title: The stream's name.
        samples: Its requests.
        objectives: Those whose thresholds are drawn.
        faults: Those that are shaded.
    """

    title: str
    samples: Sequence[Sample]
    objectives: Sequence[Objective] = ()
    faults: Sequence[FaultRecord] = ()

    @classmethod
    def of(cls, objective: Objective, samples: Iterable[Sample], events: Iterable[Event]) -> StreamPlot:
        """Everything that an objective is judged on."""
        ours = [sample for sample in samples if measures(sample.stream, objective)]
        return cls(objective.stream, ours, (objective,), fault_records(events))


def render(plot: StreamPlot, form: Format = Format.PNG) -> bytes:
    """Draw a plot: latency above, failures below, on one clock that begins with the first request."""
    figure = new_figure(11, 6)
    _draw(figure, plot)
    return to_bytes(figure, form)


def _draw(figure: Figure, plot: StreamPlot) -> None:
    begun_s = min((sample.intended_s for sample in plot.samples), default=0.0)
    ended_s = max((sample.intended_s for sample in plot.samples), default=begun_s)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    width_s = max((ended_s - begun_s) / _BINS * _SLIGHTLY_WIDER, LEAST_S)
    _draw_latency(upper, plot, begun_s, width_s)
    draw_failures(lower, plot.samples, begun_s, width_s)
    span_s = max(ended_s - begun_s, 1.0)
    for axes in (upper, lower):
        for fault in plot.faults:
            shade(axes, fault, begun_s, begun_s + 2 * span_s)
        axes.grid(visible=True, alpha=0.25)
        axes.set_xlim(-0.01 * span_s, 1.01 * span_s)
    add_legend(figure)
    upper.set_title(f"{plot.title}: {len(plot.samples):,} requests", loc="left")
    lower.set_xlabel("time since the first request, s")


def _draw_latency(axes: Axes, plot: StreamPlot, begun_s: float, width_s: float) -> None:
    good = [sample for sample in plot.samples if sample.outcome is Outcome.OK]
    at_s = [sample.intended_s - begun_s for sample in good]
    latencies_s = [max(sample.latency_s, LEAST_S) for sample in good]
    axes.plot(at_s, latencies_s, ".", color=_POINTS, markersize=2.5, alpha=0.5, label="answer", rasterized=True)
    middles_s, quantiles_s = rolling_quantile(at_s, latencies_s, width_s)
    axes.plot(middles_s, quantiles_s, color=_QUANTILE, linewidth=1.8, label=f"p95 of each {seconds(width_s)}")
    thresholds = [each for each in plot.objectives if each.threshold_s is not None]
    for objective, colour in zip(thresholds, _THRESHOLDS, strict=False):
        label = f"{objective.promise.upper()}: {percent(objective.target)} within {objective.threshold_s:g} s"
        axes.axhline(objective.threshold_s or 0.0, color=colour, linestyle="--", linewidth=1.5, label=label)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _position: f"{value:g}")
    axes.set_ylabel("latency, s (from intended time)")


def rolling_quantile(at_s: Sequence[float], values: Sequence[float], width_s: float) -> tuple[list[float], list[float]]:
    """The 95th percentile (nearest rank) of each stretch of time that has values, at the stretch's middle."""
    stretches: dict[int, list[float]] = defaultdict(list)
    for moment_s, value in zip(at_s, values, strict=True):
        stretches[floor(moment_s / width_s)].append(value)
    places = sorted(stretches)
    ranked = [sorted(stretches[place]) for place in places]
    quantiles = [each[ceil(_QUANTILE_SHARE * len(each)) - 1] for each in ranked]
    return [(place + 0.5) * width_s for place in places], quantiles
