"""A drill has a sentence, a picture on one clock, and rows in a matrix that people and programs read."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy import asarray

from stackproof.history import Recorded
from stackproof.judge import judge_run
from stackproof.model import (
    AlertSource,
    AlertState,
    AlertsUnwatched,
    AlertsWatched,
    Aspect,
    DrillScope,
    HandlingState,
    Inhibited,
    MessageStatus,
    Outcome,
    Profile,
    Sample,
    SeriesReading,
)
from stackproof.report.alert_table import alert_table_csv, alert_table_html, row_words
from stackproof.report.allure_files import write_allure_files
from stackproof.report.drawing import Format, to_bytes
from stackproof.report.drill_plot import figure_of_drill
from stackproof.report.drill_scene import DrillScene
from stackproof.report.drill_sentence import drill_sentence
from stackproof.report.summary import summarise
from stackproof.report.terminal import table
from tests.unit.drill_records import (
    ALERT,
    CHAT,
    FAULT,
    INJECTED_S,
    PAGER,
    Story,
    fault,
    going_well,
    handling,
    message,
    moment,
    reading,
)

SLOW = "ShopSlow"
STREAM = "front/shop:80 normal"


def _samples() -> list[Sample]:
    moments_s = [INJECTED_S + place / 2 for place in range(-4, 30)]
    return [
        Sample(STREAM, at_s, at_s, at_s + 0.02, Outcome.REFUSED if 0 < at_s - INJECTED_S < 10 else Outcome.OK)
        for at_s in moments_s
    ]


def _full() -> Story:
    """With a target that is inhibited, a notification too many and one that was refused."""
    story = going_well().promising(inhibits=(Inhibited(SLOW),))
    return story.plus(
        reading(AlertState.FIRING, 2, SLOW, {}),
        reading(AlertState.INACTIVE, 16, SLOW, {}),
        handling(HandlingState.SUPPRESSED, 2.2, SLOW, ALERT, {}),
        handling(HandlingState.ACTIVE, 11, SLOW, "", {}),
        message(CHAT, MessageStatus.FIRING, 13, SLOW),
        message(replace(CHAT, to="#random"), MessageStatus.FIRING, 1.4),
        message(PAGER, MessageStatus.FIRING, 0.95, answered=500),
    )


def _scene(story: Story, samples: list[Sample] | None = None) -> DrillScene:
    return DrillScene.of(story.judged().drills[-1], _samples() if samples is None else samples)


def _panels(figure: Figure) -> dict[str, Axes]:
    return {str(axes.get_label()): axes for axes in figure.axes[1:]}


def _bars(axes: Axes, label: str) -> list[tuple[float, float]]:
    bars = [bar for each in axes.containers if each.get_label() == label for bar in each]
    return [(round(bar.get_x(), 3), round(bar.get_width(), 3)) for bar in bars if isinstance(bar, Rectangle)]


def _names(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def _words(figure: Figure) -> str:
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


@pytest.fixture(scope="module")
def figure() -> Figure:
    """The picture of a drill in which much happened."""
    return figure_of_drill(_scene(_full()))


def test_all_of_a_drill_is_on_one_clock(figure: Figure) -> None:
    """Fault, what users saw, states and notifications, from a little before the injection on."""
    panels = _panels(figure)
    assert [*panels] == ["fault", "sli", "errors", "alert", "notified"]
    assert {axes.get_xlim() for axes in panels.values()} == {(-2.0, 21.0)}
    assert [axes.get_xlabel() for axes in panels.values()] == ["", "", "", "", "time since injection, s"]


def test_states_are_drawn_for_as_long_as_they_were(figure: Figure) -> None:
    """Pending, firing and inactive each have a shape; a bar of its own marks what was suppressed."""
    axes = _panels(figure)["alert"]
    assert _names(axes) == [ALERT, SLOW]
    assert _bars(axes, "pending") == [(0.5, 0.4)]
    assert _bars(axes, "firing") == [(0.9, 9.9), (2, 14)]
    assert _bars(axes, "suppressed by Alertmanager") == [(2.2, 8.8)]
    heights = {
        each.get_label(): [bar.get_height() for bar in each if isinstance(bar, Rectangle)] for each in axes.containers
    }
    assert max(heights["inactive"]) < min(heights["pending"]) < min(heights["firing"])


def test_notifications_are_marked_by_receiver(figure: Figure) -> None:
    """Downwards for firing, upwards for resolved, hollow if refused; a receiver that is not promised is named so."""
    axes = _panels(figure)["notified"]
    assert _names(axes) == ["pagerduty key-1", "slack #ops", "slack #random (not promised)"]
    rows = axes.get_yticks()
    of_pager = [line for line in axes.lines if asarray(line.get_ydata(), dtype=float).tolist()[:1] == [rows[0]]]
    marks = [(line.get_marker(), line.get_fillstyle()) for line in of_pager]
    assert marks == [("v", "none"), ("v", "full"), ("^", "full")]
    assert "firing 13 s (ShopSlow)" in _words(figure)


def test_the_fault_is_shaded_and_theory_is_a_line(figure: Figure) -> None:
    """What was measured is next to what theory gives."""
    assert all(word in _words(figure) for word in (FAULT, "injected", "theory: notified by 1.2 s", "healed 10 s"))


def test_a_series_takes_the_place_of_requests() -> None:
    """A full disk shows in no request, but in its share, with the threshold as a line; gaps stay gaps."""
    values = [
        SeriesReading("used", INJECTED_S + place, float("nan") if place == 3 else place / 10) for place in range(10)
    ]
    axes = _panels(figure_of_drill(_scene(going_well().promising(sli="used", threshold=0.5).plus(*values))))["sli"]
    line, threshold = (asarray(each.get_ydata(), dtype=float).tolist() for each in axes.lines[:2])
    assert len(line) == 9
    assert threshold == [0.5, 0.5]
    assert axes.get_ylabel() == "used"


def test_a_state_is_unknown_while_it_was_not_watched() -> None:
    """While Prometheus was dead, no alert may seem to go on firing."""
    gap = [
        AlertsUnwatched(*moment(4), AlertSource.STATES, reason="dead"),
        AlertsWatched(*moment(6), AlertSource.STATES),
    ]
    assert _scene(going_well().plus(*gap)).gaps == ((INJECTED_S + 4, INJECTED_S + 6),)
    axes = _panels(figure_of_drill(_scene(going_well().plus(*gap))))["alert"]
    assert "Prometheus did not answer" in axes.get_legend_handles_labels()[1]


def test_only_what_was_observed_has_a_panel() -> None:
    """A drill whose fault was never begun, and of which nothing was observed, has a picture, a PNG, that says so."""
    (drill,) = going_well().drills()
    figure = figure_of_drill(_scene(Story((drill,), ()), []))
    assert to_bytes(figure, Format.PNG).startswith(b"\x89PNG")
    assert [*_panels(figure)] == ["fault", "sli", "notified"]
    assert "kill shop (not begun)" in _words(figure)
    assert "no request was sent in this time" in _words(figure)


def test_namesakes_are_distinguished_by_their_labels() -> None:
    """A page and a ticket on one budget are two lanes, each named by the labels that differ."""
    story = going_well().promising(labels={}).plus(reading(AlertState.FIRING, 3, ALERT, {"severity": "warning"}))
    (paged, warned) = _names(_panels(figure_of_drill(_scene(story)))["alert"])
    assert paged.startswith(ALERT)
    assert "critical" in paged
    assert "warning" in warned


def test_a_drill_has_a_sentence() -> None:
    """What disturbed the stack, how long each step took, theory, and the verdict with its reasons."""
    assert drill_sentence(going_well().judged().drills[1]) == (
        "ShopDown: kill shop, held for 10 s; it was pending after 0.4 s and fired after 0.9 s; theory gives 1.2 s to "
        "the first notification with clocks that run 60 times as fast; pagerduty key-1 was notified after 1.1 s, and "
        "that it resolved 2 s after the healing; slack #ops was notified after 1.3 s, and that it resolved 2.1 s after "
        "the healing. PASS"
    )


@pytest.mark.parametrize(
    ("story", "says"),
    [
        (going_well().without_messages(CHAT), "slack #ops was not notified. FAIL: slack #ops was not notified"),
        (
            going_well().without_messages(PAGER, MessageStatus.RESOLVED),
            "was notified after 1.1 s, but not that it resolved",
        ),
        (
            going_well()
            .without_messages(PAGER, MessageStatus.RESOLVED)
            .plus(message(PAGER, MessageStatus.RESOLVED, 4)),
            "and that it resolved 6 s before the healing",
        ),
        (going_well().without(*fault(FAULT, 0, 10)[2:]), "kill shop, whose healing was not recorded"),
        (going_well().without(*fault(FAULT, 0, 10)), "kill shop was not begun"),
        (going_well().without(reading(AlertState.FIRING, 0.9)), "it was pending after 0.4 s and did not fire"),
    ],
)
def test_the_sentence_says_what_went_wrong(story: Story, says: str) -> None:
    """It can be understood on its own."""
    assert says in drill_sentence(story.judged().drills[1])


def test_a_near_miss_says_that_it_is_one() -> None:
    """Its silence is what is wanted."""
    assert drill_sentence(going_well().judged().drills[0]) == (
        "ShopDown: near miss by restart shop, held for 4 s; it was pending after 0.9 s and did not fire. PASS"
    )


def test_the_matrix_page_has_every_cell_and_each_reason() -> None:
    """It shows what was proved, what was not, and why; nothing in a name is taken for a tag."""
    story = going_well().without_messages(CHAT).plus(DrillScope((ALERT, "<b>Forgotten</b>"), ("clock_skew",)))
    page = alert_table_html(story.judged())
    assert page.count("<tr>") == 4
    assert all(f"<th>{aspect}</th>" in page for aspect in Aspect)
    assert "\N{CHECK MARK} yes" in page
    assert "slack #ops was not notified" in page
    assert "&lt;b&gt;Forgotten&lt;/b&gt; has no drill" in page
    assert "<b>Forgotten" not in page
    assert "no alert was seen to notice the fault &#x27;clock_skew&#x27;" in page


def test_the_matrix_can_be_read_by_programs() -> None:
    """One line a row, numbers in seconds, and every reason in the last column."""
    rows = list(csv.DictReader(io.StringIO(alert_table_csv(going_well().without_messages(CHAT).judged()))))
    assert [row["routed"] for row in rows] == ["yes", "no"]
    assert (rows[0]["received_s"], rows[0]["theory_s"], rows[1]["received_s"]) == ("1.100", "1.200", "")
    assert rows[0]["silent_on_near_miss"] == "yes"
    assert "routed: slack #ops was not notified" in rows[1]["why"]


def test_a_row_has_a_line() -> None:
    """With the time divided by theory, which is what a reader compares."""
    assert row_words(going_well().rows()[0]) == (
        "alert ShopDown (kill shop) at pagerduty key-1: notified after 1.1 s (0.92 of theory), that it resolved after "
        "2 s; PASS"
    )


@pytest.fixture
def drilled(recorded: Recorded) -> Recorded:
    """The run with a drill in which a receiver was not notified."""
    story = going_well().without_messages(CHAT)
    return replace(recorded, alerts=story.entries, events=(*recorded.events, *story.events))


def test_a_failed_drill_fails_its_run_and_is_in_the_summary(drilled: Recorded) -> None:
    """Other programs read one entry an alert and receiver, with these keys; the run's reasons name it."""
    judged = judge_run(drilled, Profile.QUICK)
    assert any(each.startswith(f"alert {ALERT} (kill shop) at slack #ops: slack #ops") for each in judged.reasons)
    paged, chatted = json.loads(json.dumps(summarise(drilled, judged).to_json()))["alerts"]
    assert paged == {
        "alert": ALERT,
        "fault": FAULT,
        "pending_s": pytest.approx(0.4),
        "firing_s": pytest.approx(0.9),
        "received_s": pytest.approx(1.1),
        "receiver": "pagerduty key-1",
        "resolved_s": pytest.approx(2.0),
        "expected_s": 1.2,
        "verdict": "PASS",
    }
    assert (chatted["receiver"], chatted["received_s"], chatted["verdict"]) == ("slack #ops", None, "FAIL")


def test_the_terminal_shows_each_row(drilled: Recorded) -> None:
    """Below the faults, before the verdict."""
    text = table(judge_run(drilled, Profile.QUICK), 200)
    assert "alert ShopDown (kill shop) at slack #ops: not notified; FAIL" in text


def test_allure_has_matrix_pictures_and_sentences(drilled: Recorded, tmp_path: Path) -> None:
    """One step for each drill, near misses among them; the matrix as a page and as a table."""
    write_allure_files(tmp_path, drilled, judge_run(drilled, Profile.QUICK))
    (file,) = tmp_path.glob("*-result.json")
    whole = json.loads(file.read_text())
    kinds = {each["name"]: each["type"] for each in whole["attachments"]}
    assert kinds["coverage of alerts"] == "text/html"
    assert kinds["coverage of alerts.csv"] == "text/csv"
    steps = {each["name"].split(";")[0]: each for each in whole["steps"]}
    assert steps["ShopDown: near miss by restart shop, held for 4 s"]["status"] == "passed"
    assert steps["ShopDown: kill shop, held for 10 s"]["status"] == "failed"
    pictures = [each["attachments"][0]["name"] for name, each in steps.items() if name.startswith("ShopDown")]
    assert pictures == ["ShopDown: near miss by restart shop", "ShopDown: drill by kill shop"]


def test_an_old_run_has_no_alerts(recorded: Recorded, tmp_path: Path) -> None:
    """Nothing is added if nothing was drilled."""
    judged = judge_run(recorded, Profile.QUICK)
    write_allure_files(tmp_path, recorded, judged)
    (file,) = tmp_path.glob("*-result.json")
    assert "coverage of alerts" not in file.read_text()
    assert "alert " not in table(judged, 80)
