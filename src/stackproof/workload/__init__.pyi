# What the room offers. `__init__.py` imports a name from here when it is asked for.

from .load import START_IN_S, OnSamples, RunningLoad, run_load, start_load
from .plan import LoadPlan
from .process import LoadError, WorkerProcess
from .replay import read_replay
from .result import Latencies, LoadResult, LoadSummary
from .schedule import Constant, Poisson, Replay, Schedule, Spike

__all__ = [
    "START_IN_S",
    "Constant",
    "Latencies",
    "LoadError",
    "LoadPlan",
    "LoadResult",
    "LoadSummary",
    "OnSamples",
    "Poisson",
    "Replay",
    "RunningLoad",
    "Schedule",
    "Spike",
    "WorkerProcess",
    "read_replay",
    "run_load",
    "start_load",
]
