"""A picture shows what the numbers summarise."""

import subprocess
import sys
from dataclasses import replace

from stackproof.history import Recorded
from stackproof.model import Outcome
from stackproof.report.drawing import Format, failures_per_bin
from stackproof.report.plots import StreamPlot, render, rolling_quantile

PNG = b"\x89PNG\r\n\x1a\n"


def _comments(plot: StreamPlot) -> str:
    """The picture as SVG: words are drawn as shapes there, and named in comments."""
    return render(plot, Format.SVG).decode()


def test_the_picture_names_what_it_shows(recorded: Recorded) -> None:
    """Stream, threshold, failures by kind and the fault that was held can all be read on it."""
    picture = _comments(StreamPlot.of(recorded.objectives[1], recorded.samples, recorded.events))
    for words in (
        "front/shop:80: 6,000 requests",
        "SLA: 95 % within 1 s",
        "rejected (6)",
        "latency front/shop:80 latency_ms=1500",
        "latency, s (from intended time)",
    ):
        assert words in picture, words


def test_a_picture_is_a_png(recorded: Recorded) -> None:
    """Allure shows PNG files."""
    assert render(StreamPlot.of(recorded.objectives[0], recorded.samples, recorded.events)).startswith(PNG)


def test_a_stream_without_a_good_answer_can_be_drawn(recorded: Recorded) -> None:
    """A dead service has no latency to draw, and all its failures are shown."""
    dead = [replace(sample, outcome=Outcome.REFUSED) for sample in recorded.samples[:100]]
    assert "refused (100)" in _comments(StreamPlot("front/shop:80", dead))


def test_an_empty_stream_can_be_drawn() -> None:
    """No request at all is a picture, too, not a crash."""
    assert "no failures" in _comments(StreamPlot("front/shop:80", []))


def test_only_an_objectives_own_stream_is_drawn(recorded: Recorded) -> None:
    """Requests over another link are not mixed in."""
    other = [replace(sample, stream="back/bank:443") for sample in recorded.samples]
    assert StreamPlot.of(recorded.objectives[0], other, recorded.events).samples == []


def test_the_rolling_quantile_is_one_that_was_seen() -> None:
    """p95 of 1..100 is 95, of a single value that value; a stretch without values has no point."""
    at_s = [0.5] * 100 + [2.5]
    middles_s, quantiles = rolling_quantile(at_s, [*range(100, 0, -1), 7], width_s=1.0)
    assert (middles_s, quantiles) == ([0.5, 2.5], [95, 7])


def test_failures_are_counted_where_they_happened(recorded: Recorded) -> None:
    """Each failure falls in its stretch of time, under its own name; good answers are no failures."""
    counted = failures_per_bin(recorded.samples, begun_s=100.0, width_s=30.0)
    assert counted == {Outcome.REJECTED: {0: 3, 1: 3}}


def test_a_command_that_draws_nothing_does_not_wait_for_matplotlib() -> None:
    """Importing the report costs no second of matplotlib's start."""
    code = "import sys, stackproof.report.allure_files; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
