"""What a test puts into the Allure report beside its own steps; without Allure's plugin nothing happens."""

from collections.abc import Iterable

import allure

from stackproof.judge import DrillResult, percent, seconds
from stackproof.model import Event, Judgement, Objective, Sample
from stackproof.report.drill_plot import render_drill
from stackproof.report.drill_scene import DrillScene
from stackproof.report.drill_words import drill_words
from stackproof.report.experiment_plot import render_scene
from stackproof.report.experiment_words import words
from stackproof.report.plots import Plot, render
from stackproof.report.scene import Scene


def attach_text(text: str, name: str = "") -> None:
    """Attach words, such as a log; short ones may be their own name."""
    allure.attach(text, name or text, allure.attachment_type.TEXT)


def attach_judgement(judgement: Judgement) -> None:
    """Tell an objective's verdict as a step, with its numbers beneath."""
    with allure.step(f"{judgement.verdict} {judgement.objective.id}: {judgement.reason}"):
        attach_text(figures(judgement), "figures")


def attach_plot(objective: Objective, samples: Iterable[Sample], events: Iterable[Event]) -> None:
    """Attach latency and failures over time of all that an objective is judged on, with the faults shaded."""
    plot = Plot.of(objective, samples, events)
    if plot.samples:
        allure.attach(render(plot), f"{objective.stream} over time", allure.attachment_type.PNG)


def attach_experiment(scene: Scene) -> None:
    """Tell what happened in an experiment as a step, with its picture beneath."""
    with allure.step(words(scene)):
        allure.attach(render_scene(scene), scene.title, allure.attachment_type.PNG)


def attach_drill(result: DrillResult, samples: Iterable[Sample]) -> None:
    """Tell what happened in a drill as a step, with its picture beneath."""
    with allure.step(drill_words(result)):
        scene = DrillScene.of(result, samples)
        allure.attach(render_drill(scene), scene.title, allure.attachment_type.PNG)


def figures(judgement: Judgement) -> str:
    """The numbers of a judgement, one a line."""
    objective = judgement.objective
    within = "" if objective.threshold_s is None else f" within {seconds(objective.threshold_s)}"
    rows = {
        "objective": f"{objective.id}, declared at {objective.where}",
        "promised": f"{percent(objective.target)}{within} on {objective.stream}",
        "seen": "nothing" if judgement.observed is None else percent(judgement.observed),
        "true share": f"{percent(judgement.lower)} to {percent(judgement.upper)}, each bound at 95 % confidence",
        "requests": f"{judgement.n}, {judgement.failures} of them bad",
        "latency": "-"
        if judgement.quantile_s is None
        else f"p{objective.target * 100:g} {seconds(judgement.quantile_s)}",
        "verdict": f"{judgement.verdict}, {'decides' if judgement.gates else 'does not decide'} the run",
        "why": judgement.reason,
    }
    return "\n".join(f"{name + ':':<12}{value}" for name, value in rows.items())
