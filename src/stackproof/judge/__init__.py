"""Pure functions from a run's record to verdicts: no input or output, no clock."""

from stackproof.judge.bounds import CONFIDENCE, Bounds, bounds, more_samples
from stackproof.judge.experiments import Experiment, experiments
from stackproof.judge.objectives import judge_objective, measures
from stackproof.judge.probes import WITHIN_S, ProbeJudgement, judge_probes
from stackproof.judge.run import Profile, Record, RunJudgement, judge_run
from stackproof.judge.words import percent, seconds

__all__ = [
    "CONFIDENCE",
    "WITHIN_S",
    "Bounds",
    "Experiment",
    "ProbeJudgement",
    "Profile",
    "Record",
    "RunJudgement",
    "bounds",
    "experiments",
    "judge_objective",
    "judge_probes",
    "judge_run",
    "measures",
    "more_samples",
    "percent",
    "seconds",
]
