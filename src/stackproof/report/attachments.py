"""What a test adds to the Allure report; without Allure's plugin nothing happens."""

from collections.abc import Iterable

import allure

from stackproof.judge import percent, seconds
from stackproof.model import Event, Judgement, Objective, Sample
from stackproof.report.plots import StreamPlot, render


def attach_text(text: str, name: str = "") -> None:
    """Attach a text, such as a log; a short one may be its own name."""
    allure.attach(text, name or text, allure.attachment_type.TEXT)


def attach_judgement(judgement: Judgement) -> None:
    """Add an objective's verdict as a step, with its numbers."""
    with allure.step(f"{judgement.verdict} {judgement.statement}"):
        attach_text(_figures(judgement), "figures")


def attach_plot(objective: Objective, samples: Iterable[Sample], events: Iterable[Event]) -> None:
    """Attach latency and failures over time of the stream that an objective is judged on, with the faults shaded."""
    plot = StreamPlot.of(objective, samples, events)
    if plot.samples:
        allure.attach(render(plot), f"{objective.stream} over time", allure.attachment_type.PNG)


def _figures(judgement: Judgement) -> str:
    """The numbers of a judgement, one on each line."""
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
