# What the room offers. `__init__.py` imports a name from here when it is asked for.

from .ledger import Acknowledged, Ledger, LedgerReport, verify
from .load import START_IN_S, OnSamples, RunningLoad, run_load, start_load
from .mime_client import (
    Listed,
    MimeConnection,
    MimeError,
    MimeRefusedError,
    Receipt,
    Received,
    fetch_from,
)
from .plan import HttpRequest, LoadPlan, Trust, Upload
from .process import LoadError, WorkerProcess
from .replay import read_replay
from .result import Latencies, LoadResult, LoadSummary
from .schedule import Constant, Poisson, Replay, Schedule, Spike
from .target import Target

__all__ = [
    "START_IN_S",
    "Acknowledged",
    "Constant",
    "HttpRequest",
    "Latencies",
    "Ledger",
    "LedgerReport",
    "Listed",
    "LoadError",
    "LoadPlan",
    "LoadResult",
    "LoadSummary",
    "MimeConnection",
    "MimeError",
    "MimeRefusedError",
    "OnSamples",
    "Poisson",
    "Receipt",
    "Received",
    "Replay",
    "RunningLoad",
    "Schedule",
    "Spike",
    "Target",
    "Trust",
    "Upload",
    "WorkerProcess",
    "fetch_from",
    "read_replay",
    "run_load",
    "start_load",
    "verify",
]
