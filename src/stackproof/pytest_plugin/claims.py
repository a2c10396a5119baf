"""What a test can say of a run beside asserting: that an objective holds, and what it measured."""

from collections.abc import Callable

from stackproof.model import EventKind, InconclusiveError, Judgement, Objective, Verdict
from stackproof.report.attachments import attach_judgement, attach_plot, attach_text
from stackproof.session.run import Run

Measure = Callable[[str, float], None]
Prove = Callable[[Objective], Judgement]


def prove_on(run: Run, objective: Objective) -> Judgement:
    """Judge an objective on what was seen so far, and put the evidence into the report.

    Raises:
        AssertionError: It gates this run, and is refuted.
        InconclusiveError: It gates this run, and is undecided.
    """
    gates = run.settings.profile.lets_decide(objective.promise)
    judgement = run.judge(objective, gates=gates)
    attach_judgement(judgement)
    attach_plot(objective, run.samples, run.events)
    if gates and judgement.verdict is Verdict.FAIL:
        raise AssertionError(f"{objective.id}: {judgement.reason}")
    if gates and judgement.verdict is Verdict.INCONCLUSIVE:
        raise InconclusiveError(f"{objective.id}: {judgement.reason}")
    return judgement


def measure_on(run: Run, test: str, what: str, seconds: float) -> None:
    """Put a measured time into the history and the report."""
    run.note(EventKind.NOTE, test, measured=what, seconds=f"{seconds:.3f}")
    attach_text(f"{what} {seconds:.2f} s")
