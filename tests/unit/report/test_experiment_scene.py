"""A scene holds what belongs to its experiment, and nothing else."""

import pytest

from stackproof.model import ProbeKind, ProbeReading
from stackproof.report.experiment_scene import ExperimentScene, container_marks, probe_lanes
from tests.unit.report.scenes import INJECTED_S, container, ended, fault, full, load, readings, scene


def _window(shown: ExperimentScene) -> tuple[float, float]:
    return shown.since(shown.begins_s), shown.since(shown.ends_s)


def test_the_window_ends_some_seconds_after_recovery() -> None:
    """From 3 s before the injection to 5 s after the recovery."""
    shown = scene(fault(ended=ended(recovered_s=1.4)), load(0, 1, until_s=60))
    assert _window(shown) == pytest.approx((-3, 9.4))
    assert len(shown.samples) == 125
    assert shown.title == "kill-1: kill mime-server"


def test_the_window_shows_more_if_recovery_was_not_recorded() -> None:
    """10 s after the healing: that is where the reason can be seen."""
    assert _window(scene(fault(), load(0, 1, until_s=60))) == pytest.approx((-3, 13))


def test_the_window_of_a_fault_that_was_never_healed_ends() -> None:
    """A minute after the injection at the latest."""
    assert _window(scene(fault(healed_s=None), load(0, 1, until_s=600))) == pytest.approx((-3, 60))


def test_the_window_has_no_empty_half() -> None:
    """If nothing more was observed, it ends 2 s after the recovery."""
    assert _window(scene(fault(ended=ended(recovered_s=1.4)))) == pytest.approx((-3, 6.4))


def test_the_window_ends_where_the_next_fault_begins() -> None:
    """The next one has a picture of its own; its begin is visible in this one, but is not attributed to it."""
    events = [*fault(ended=ended(recovered_s=1.0)), *fault("freeze gateway", 6, healed_s=9)]
    shown = scene(events, load(0, 1, until_s=60))
    assert shown.since(shown.ends_s) == pytest.approx(6.5)
    assert shown.since(shown.own_until_s) == pytest.approx(5)
    assert [str(other.fault) for other in shown.others] == ["freeze gateway"]


def test_faults_that_overlap_are_known() -> None:
    """One that was healed before the window began is not among them."""
    events = [
        *fault("freeze a", -9, healed_s=-8),
        *fault("freeze b", -4, healed_s=1),
        *fault(),
        *fault("freeze c", 2, healed_s=None),
    ]
    assert [other.fault.target for other in scene(events).others] == ["b", "c"]


def test_a_lane_shows_how_long_a_probe_gave_each_answer() -> None:
    """From one question to the next that got another answer; lanes are in order of service, liveness first."""
    shown = full()
    asked = probe_lanes(shown.readings)
    assert [(lane.service, lane.kind) for lane in asked] == [
        ("mime-server", "liveness"),
        ("mime-server", "readiness"),
        ("public_app", "readiness"),
    ]
    intervals = [
        (shown.since(each.begins_s), round(shown.since(each.ends_s), 6), each.ok) for each in asked[1].intervals
    ]
    assert intervals == [(-3, 0.5, True), (0.5, 4, False), (4, 8.51, True)]


def test_a_lane_is_empty_while_the_probe_was_not_asked() -> None:
    """An answer counts for at most 5 s: after that nothing is known."""
    asked = [ProbeReading("a", ProbeKind.PING, at_s, 0.5, ok=True, detail="") for at_s in (0.0, 20.0)]
    (lane,) = probe_lanes(asked)
    assert [(each.begins_s, each.ends_s) for each in lane.intervals] == [(0, 5.5), (20, 20.5)]


def test_a_healthcheck_is_not_a_change_of_a_container() -> None:
    """The engine reports each command that runs in a container: those are left out, and health is one word."""
    assert [mark.text for mark in container_marks(full())] == ["kill", "die", "start", "healthy"]


def test_states_replace_missing_events() -> None:
    """Of a service without events, the engine's state is shown in brackets whenever it changes."""
    states = {-3.0: "healthy", 1.0: "exited", 4.0: "healthy"}
    answers = [*readings("a", 1, 4, states=states), *readings("b", 1, 4, states=states)]
    marks = container_marks(scene([*fault(), container(0.2, "die", "b")], answers=answers))
    assert [(each.service, each.at_s - INJECTED_S, each.text) for each in marks] == [
        ("a", 1, "(exited)"),
        ("a", 4, "(healthy)"),
        ("b", pytest.approx(0.2), "die"),
    ]
