"""Load and what it leaves: arrival schedules, clients, latencies, and the ledger of acknowledged files."""

from stackproof.workload.ledger import Acknowledged, Ledger, LedgerReport, verify
from stackproof.workload.load import START_IN_S, OnSamples, RunningLoad, run_load, start_load
from stackproof.workload.mime_client import (
    Listed,
    MimeConnection,
    MimeError,
    MimeRefusedError,
    Receipt,
    Received,
    fetch_from,
)
from stackproof.workload.plan import HttpRequest, LoadPlan, Trust, Upload
from stackproof.workload.process import LoadError, WorkerProcess
from stackproof.workload.replay import read_replay
from stackproof.workload.result import Latencies, LoadResult, LoadSummary
from stackproof.workload.schedule import Constant, Poisson, Replay, Schedule, Spike
from stackproof.workload.target import Target

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
