"""The picture of an experiment has everything that was observed, each thing where it belongs."""

from dataclasses import replace

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy import asarray

from stackproof.model import Evidence, Outcome
from stackproof.report.drawing import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, Format
from stackproof.report.experiment_plot import figure_of_experiment, render_experiment
from stackproof.report.experiment_scene import ExperimentScene
from stackproof.report.panels import columns_of
from tests.unit.report.scenes import FAULT, container, fault, full, load, readings, sample, scene

PNG = b"\x89PNG\r\n\x1a\n"
LONG = "a-service-whose-name-somebody-made-as-long-as-names-of-services-can-be"


def _panels(figure: Figure) -> dict[str, Axes]:
    return {str(axes.get_label()): axes for axes in figure.axes[1:]}


def _labelled(axes: Axes, label: str) -> list[Rectangle]:
    return [each for each in axes.patches if isinstance(each, Rectangle) and each.get_label() == label]


def _bars(axes: Axes, label: str) -> list[Rectangle]:
    containers = [each for each in axes.containers if each.get_label() == label]
    return [bar for each in containers for bar in each if isinstance(bar, Rectangle)]


def _names(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def _words(figure: Figure) -> str:
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


def test_a_picture_is_a_png() -> None:
    """Allure shows PNG files."""
    assert render_experiment(full()).startswith(PNG)


def test_all_panels_are_on_one_clock() -> None:
    """Faults, latency, errors, probes and containers, from 3 s before the injection on, named at the foot alone."""
    panels = _panels(figure_of_experiment(full()))
    assert [*panels] == ["faults", "latency", "errors", "probes", "containers"]
    assert {axes.get_xlim() for axes in panels.values()} == {panels["faults"].get_xlim()}
    assert panels["faults"].get_xlim()[0] == -3
    assert [axes.get_xlabel() for axes in panels.values()] == ["", "", "", "", "time since injection, s"]


def test_the_fault_is_shaded_over_all_panels() -> None:
    """From the injection to the healing, and its moments are lines; its text is in its lane."""
    figure = figure_of_experiment(full())
    for axes in _panels(figure).values():
        (shade,) = _labelled(axes, f"_{FAULT}")
        assert (shade.get_x(), shade.get_width()) == (0, 3)
        assert _vertical(axes) == pytest.approx([0, 0.3, 3, 4.4])
    assert all(
        word in _words(figure) for word in ("injected", "confirmed 0.3 s", "healed 3 s", "recovered 4.4 s", FAULT)
    )


def _vertical(axes: Axes) -> list[float]:
    """Where a line goes from the panel's foot to its head."""
    ends = [_points(line) for line in axes.lines if len(_points(line)) == 2]
    return [first[0] for first, last in ends if (first[1], last[1]) == (0, 1)]


def test_a_fault_that_was_not_healed_is_shaded_to_the_end() -> None:
    """It has no line for the healing, and none for the recovery."""
    figure = figure_of_experiment(scene(fault(healed_s=None), load(0, 99)))
    for axes in _panels(figure).values():
        (shade,) = _labelled(axes, f"_{FAULT}")
        assert shade.get_x() + shade.get_width() == axes.get_xlim()[1]
        assert _vertical(axes) == pytest.approx([0, 0.3])


def test_other_faults_are_shaded_in_other_colours() -> None:
    """Each has a lane, named by its kind."""
    events = [*fault("latency a/b:1 latency_ms=5", -1, healed_s=1), *fault(), *fault("freeze c", 2, healed_s=9)]
    panels = _panels(figure_of_experiment(scene(events, load(0, 1))))
    assert _names(panels["faults"]) == ["kill", "latency", "freeze"]
    shades = [each for each in panels["latency"].patches if str(each.get_label()).startswith("_")]
    assert [each.get_label() for each in shades] == [f"_{FAULT}", "_latency a/b:1 latency_ms=5", "_freeze c"]
    colours = [each.get_facecolor()[:3] for each in shades]
    assert colours == [Rectangle((0, 0), 1, 1, color=name).get_facecolor()[:3] for name in (ORANGE, PURPLE, SKY)]


def test_very_many_other_faults_leave_room_for_the_rest() -> None:
    """Five of them have a lane; the others are counted."""
    events = [*fault(), *(each for number in range(9) for each in fault(f"freeze s{number}", 1, healed_s=2))]
    assert _names(_panels(figure_of_experiment(scene(events)))["faults"])[-1] == "freeze (and 4 more)"


def test_good_answers_are_dots_and_failures_crosses() -> None:
    """A stream has a shape and a colour of its own; a failure has its outcome's colour, at the time it took."""
    samples = [sample(1), sample(2, stream="x/y:1"), sample(1.5, Outcome.REFUSED, took_s=2)]
    axes = _panels(figure_of_experiment(scene(fault(), samples)))["latency"]
    drawn = {(line.get_marker(), line.get_color()): _points(line) for line in axes.lines if line.get_marker() != "None"}
    assert drawn["o", SKY] == [(1, 0.02)]
    assert drawn["s", BLUE] == [(2, 0.02)]
    assert drawn["X", VERMILION] == [(1.5, 2)]
    assert axes.get_yscale() == "log"


def _points(line: Line2D) -> list[tuple[float, float]]:
    """Its points, to the microsecond."""
    at_s, values = (asarray(each, dtype=float).round(6).tolist() for each in (line.get_xdata(), line.get_ydata()))
    return [*zip(at_s, values, strict=True)]


def test_errors_have_a_panel_if_there_are_any() -> None:
    """Their bars add up to all failures."""
    panels = _panels(figure_of_experiment(full()))
    bars = _bars(panels["errors"], "refused (26)")
    assert sum(bar.get_height() * bar.get_width() for bar in bars) == pytest.approx(26)
    assert "errors" not in _panels(figure_of_experiment(scene(fault(), load(99, 99))))


def test_a_probe_has_a_lane_that_can_be_read_without_colour() -> None:
    """Yes is a thin line, no a thick hatched bar, for as long as that was the answer."""
    axes = _panels(figure_of_experiment(full()))["probes"]
    assert _names(axes) == ["mime-server  liveness", "readiness", "public_app  readiness"]
    noes, yeses = _bars(axes, "probe said no"), _bars(axes, "probe said yes")
    assert [(bar.get_x(), bar.get_width()) for bar in noes] == [(0.5, 3), (0.5, 3.5), (1, 3)]
    assert {bar.get_hatch() for bar in noes} == {"////"}
    assert {bar.get_hatch() for bar in yeses} == {None}
    assert min(bar.get_height() for bar in noes) > 2 * max(bar.get_height() for bar in yeses)


def test_container_events_stand_in_their_services_lane() -> None:
    """What stops a container points down, what starts one up, and each has its name."""
    events = [container(2, "pause", "b"), container(1, "health_status: unhealthy", "a"), container(4, "start", "a")]
    figure = figure_of_experiment(scene([*fault(), *events]))
    axes = _panels(figure)["containers"]
    assert _names(axes) == ["a", "b"]
    marks = [(line.get_marker(), *_points(line)) for line in axes.lines if line.get_marker() in {"v", "^"}]
    low, high = axes.get_yticks()[0], axes.get_yticks()[1]
    assert marks == [("v", (1, low)), ("^", (4, low)), ("v", (2, high))]
    assert all(word in _words(figure) for word in ("unhealthy", "start", "pause"))
    assert "health_status" not in _words(figure)


def test_only_what_was_observed_has_a_panel() -> None:
    """Without load, probes and containers there is still a picture, which says so."""
    figure = figure_of_experiment(scene(fault(evidence=None, healed_s=None)))
    assert [*_panels(figure)] == ["faults", "latency"]
    assert "no request was sent in this time" in _words(figure)


def test_the_picture_begins_with_the_verdict_and_the_sentence() -> None:
    """It can be understood on its own."""
    title, sentence = (text.get_text() for text in figure_of_experiment(full()).axes[0].texts)
    assert title == "PASS  kill-1: kill mime-server"
    assert sentence.replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ").endswith("recovered 1.4 s later. PASS")


def _large() -> ExperimentScene:
    streams = [replace(each, stream=f"net/s{n}:80") for n in range(9) for each in load(0, 3, every_s=0.01)]
    answers = [each for n in range(8) for each in readings(f"s{n}", n / 4, 3)]
    events = [container(n / 5, action, f"s{n % 8}") for n in range(40) for action in ("die", "start")]
    return scene([*fault(), *events], streams, answers)


def _long() -> ExperimentScene:
    text = f"latency a-network/{LONG}:8080 latency_ms=1500 jitter_ms=500"
    samples = [replace(each, stream=f"a-network/{LONG}:8080 {LONG}") for each in load(0, 3)]
    answers = [*readings(LONG, 0, 3), *readings(f"{LONG}-replica", 0, 3)]
    events = [
        *fault(text, evidence=Evidence(confirmed=True, observed="it costs $1 or $x_{1 " * 99)),
        container(1, "x" * 99),
    ]
    return scene(events, samples, answers, text)


@pytest.mark.parametrize("shown", [_large(), _long()], ids=["large", "long"])
def test_no_scene_is_too_much(shown: ExperimentScene) -> None:
    """Ten thousand requests, eight services, very long names and words with dollars: nothing leaves the picture."""
    figure = figure_of_experiment(shown)
    figure.draw_without_rendering()
    width, height = figure.bbox.width, figure.bbox.height
    for axes in figure.axes[1:]:
        assert axes.bbox.width > width * 0.6
    for text in [each for axes in figure.axes for each in axes.texts]:
        box = text.get_window_extent()
        assert -1 <= box.x0 <= box.x1 <= width + 1, text.get_text()
        assert -1 <= box.y0 <= box.y1 <= height + 1, text.get_text()
    (legend,) = figure.legends
    assert legend.get_window_extent().x1 <= width


def test_the_legend_takes_as_many_columns_as_it_has_room_for() -> None:
    """One below the other if names are very long."""
    assert columns_of(["short"] * 6) == 6
    assert columns_of(["x" * 100] * 3) == 1
    assert columns_of(["x" * 60, "x" * 60, "y", "y", "y", "y"]) == 5


def test_a_picture_can_be_written_as_svg() -> None:
    """For a page of a document; the sign of a formula is text there, too."""
    drawn = render_experiment(scene(fault(), load(0, 1), readings("mime-server", 1, 3)), Format.SVG).decode()
    assert "mime-server  readiness" in drawn
    assert GREEN.lower() in drawn
