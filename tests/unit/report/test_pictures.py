"""Pictures that are drawn in parallel are the same as those drawn one by one."""

from dataclasses import replace

from stackproof.report.experiment_plot import render_experiment
from stackproof.report.pictures import pictures
from tests.unit.report.scenes import full


def test_pictures_drawn_side_by_side_are_in_order_and_the_same() -> None:
    """Whoever opens the report finds each experiment's own picture beneath it, however many there are."""
    scenes = [replace(full(), title=f"number {number}") for number in range(12)]
    drawn = list(pictures(scenes))
    assert len(drawn) == len(set(drawn)) == 12
    assert drawn[7] == render_experiment(scenes[7])
