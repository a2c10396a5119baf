"""Plots of one stream of requests: latency and failures over time, with the faults that were held.

Colours are those of Okabe and Ito ("Color universal design", 2008), which people who are colour-blind can tell apart.
matplotlib is imported when a plot is drawn: it takes seconds, and most commands draw none.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor
from typing import TYPE_CHECKING

from stackproof.judge import Experiment, experiments, measures, percent, seconds
from stackproof.model import Event, Objective, Outcome, Sample

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS, _QUANTILE, _FAULT = "#56B4E9", "#000000", "#E69F00"
_THRESHOLDS = ("#D55E00", "#CC79A7", "#009E73")
_FAILURES = {
    Outcome.REFUSED: "#D55E00",
    Outcome.RESET: "#CC79A7",
    Outcome.TIMEOUT: "#000000",
    Outcome.CLOSED: "#0072B2",
    Outcome.UNAVAILABLE: "#F0E442",
    Outcome.REJECTED: "#009E73",
    Outcome.WRONG: "#56B4E9",
}
_QUANTILE_SHARE = 0.95
_BINS = 60
_A_LITTLE_MORE = 1.000001  # so that the last request has no stretch of its own
_LEAST_S = 1e-4


class Format(StrEnum):
    """How a plot is written."""

    PNG = "png"
    SVG = "svg"


@dataclass(frozen=True, slots=True)
class Plot:
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
    faults: Sequence[Experiment] = ()

    @classmethod
    def of(cls, objective: Objective, samples: Iterable[Sample], events: Iterable[Event]) -> Plot:
        """All that an objective is judged on."""
        ours = [sample for sample in samples if measures(sample.stream, objective)]
        return cls(objective.stream, ours, (objective,), experiments(events))


def render(plot: Plot, form: Format = Format.PNG) -> bytes:
    """Draw a plot: latency above, failures below, on one clock that begins with the first request."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - see the module's docstring
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    figure = Figure(figsize=(11, 6), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    _draw(figure, plot)
    picture = io.BytesIO()
    figure.savefig(picture, format=form)
    return picture.getvalue()


def _draw(figure: Figure, plot: Plot) -> None:
    begun_s = min((sample.intended_s for sample in plot.samples), default=0.0)
    ended_s = max((sample.intended_s for sample in plot.samples), default=begun_s)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    width_s = max((ended_s - begun_s) / _BINS * _A_LITTLE_MORE, _LEAST_S)
    _draw_latency(upper, plot, begun_s, width_s)
    _draw_failures(lower, plot, begun_s, width_s)
    span_s = max(ended_s - begun_s, 1.0)
    for axes in (upper, lower):
        _shade_faults(axes, plot.faults, begun_s, span_s)
        axes.grid(visible=True, alpha=0.25)
        axes.set_xlim(-0.01 * span_s, 1.01 * span_s)
    _add_legend(figure)
    upper.set_title(f"{plot.title}: {len(plot.samples):,} requests", loc="left")
    lower.set_xlabel("time since the first request, s")


def _draw_latency(axes: Axes, plot: Plot, begun_s: float, width_s: float) -> None:
    good = [sample for sample in plot.samples if sample.outcome is Outcome.OK]
    at_s = [sample.intended_s - begun_s for sample in good]
    latencies_s = [max(sample.latency_s, _LEAST_S) for sample in good]
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


def _draw_failures(axes: Axes, plot: Plot, begun_s: float, width_s: float) -> None:
    per_bin = failures_per_bin(plot.samples, begun_s, width_s)
    beneath: Counter[int] = Counter()
    for outcome, counts in per_bin.items():
        bins = sorted(counts)
        axes.bar(
            [each * width_s for each in bins],
            [counts[each] / width_s for each in bins],
            width_s,
            bottom=[beneath[each] / width_s for each in bins],
            align="edge",
            color=_FAILURES[outcome],
            edgecolor="#444444",
            linewidth=0.3,
            label=f"{outcome} ({counts.total():,})",
        )
        beneath.update(counts)
    if not per_bin:
        axes.text(0.5, 0.5, "no failures", transform=axes.transAxes, ha="center", va="center", color="#666666")
        axes.set_yticks([])
    axes.set_ylim(bottom=0)
    axes.set_ylabel("failures/s")


def _shade_faults(axes: Axes, faults: Sequence[Experiment], begun_s: float, span_s: float) -> None:
    for fault in faults:
        start_s = max(fault.injected_s - begun_s, -span_s)
        end_s = span_s * 2 if fault.healed_s is None else fault.healed_s - begun_s
        axes.axvspan(start_s, end_s, color=_FAULT, alpha=0.22, linewidth=0, zorder=0, label=str(fault.fault))


def _add_legend(figure: Figure) -> None:
    """One legend for both, beneath them, where it hides nothing; a fault stands in it once."""
    by_label: dict[str, Artist] = {}
    for axes in figure.axes:
        handles, labels = axes.get_legend_handles_labels()
        by_label |= dict(zip(labels, handles, strict=True))
    handles, labels = [*by_label.values()], [*by_label]
    if handles:
        figure.legend(handles, labels, loc="outside lower left", ncols=4, fontsize="small", markerscale=4)


def rolling_quantile(at_s: Sequence[float], values: Sequence[float], width_s: float) -> tuple[list[float], list[float]]:
    """The 95th percentile (nearest rank) of each stretch of time that has values, at the stretch's middle."""
    stretches: dict[int, list[float]] = defaultdict(list)
    for moment_s, value in zip(at_s, values, strict=True):
        stretches[floor(moment_s / width_s)].append(value)
    places = sorted(stretches)
    ranked = [sorted(stretches[place]) for place in places]
    quantiles = [each[ceil(_QUANTILE_SHARE * len(each)) - 1] for each in ranked]
    return [(place + 0.5) * width_s for place in places], quantiles


def failures_per_bin(samples: Iterable[Sample], begun_s: float, width_s: float) -> Mapping[Outcome, Counter[int]]:
    """Failures by how they ended, counted in stretches of time, in the order of ``Outcome``."""
    bad = [sample for sample in samples if sample.outcome is not Outcome.OK]
    counts = {
        outcome: Counter(floor((each.intended_s - begun_s) / width_s) for each in bad if each.outcome is outcome)
        for outcome in Outcome
    }
    return {outcome: counted for outcome, counted in counts.items() if counted}
