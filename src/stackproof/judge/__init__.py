"""Pure functions from a run's record to verdicts: no input or output, no clock."""

from stackproof.judge.alert_rows import AlertCell, AlertRow, CellAnswer
from stackproof.judge.alerting import AlertingJudgement, judge_alerting
from stackproof.judge.bounds import CONFIDENCE, Bounds, bounds, more_samples
from stackproof.judge.detection import (
    Detection,
    Timing,
    deadline_s,
    theoretical_detection,
    theoretical_resolution,
    window_share,
)
from stackproof.judge.drill_view import DrillView
from stackproof.judge.drills import DrillResult, Notified
from stackproof.judge.faults import Disturbance, FaultRecord, disturbances, fault_records
from stackproof.judge.formatting import percent, seconds
from stackproof.judge.isolation import breaches, may_reach
from stackproof.judge.matrix import MatrixCell, matrix
from stackproof.judge.objectives import judge_objective, measures
from stackproof.judge.probes import WITHIN_S, ProbeJudgement, judge_probes
from stackproof.judge.run import RunJudgement, RunRecord, judge_run
from stackproof.model import Profile

__all__ = [
    "CONFIDENCE",
    "WITHIN_S",
    "AlertCell",
    "AlertRow",
    "AlertingJudgement",
    "Bounds",
    "CellAnswer",
    "Detection",
    "Disturbance",
    "DrillResult",
    "DrillView",
    "FaultRecord",
    "MatrixCell",
    "Notified",
    "ProbeJudgement",
    "Profile",
    "RunJudgement",
    "RunRecord",
    "Timing",
    "bounds",
    "breaches",
    "deadline_s",
    "disturbances",
    "fault_records",
    "judge_alerting",
    "judge_objective",
    "judge_probes",
    "judge_run",
    "matrix",
    "may_reach",
    "measures",
    "more_samples",
    "percent",
    "seconds",
    "theoretical_detection",
    "theoretical_resolution",
    "window_share",
]
