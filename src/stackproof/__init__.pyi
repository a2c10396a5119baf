# The public names, one line of imports for each module that they come from. `__init__.py` imports a name from here when
# it is first asked for. docs/api.md has an entry for each, and tests/unit/test_api.py compares the two with the code.

from .declare.prometheus.promised_metrics import read_promised_metrics
from .declare.prometheus.scrape_config import read_scraping
from .drills.drill import Drills
from .drills.expectation import AlertExpectation, Scenario
from .engine.port import (
    Address,
    Confinement,
    Limits,
    Override,
    OwnFile,
    Place,
    ServiceAddress,
    Shares,
    Side,
)
from .experiments.experiment import RunningExperiment
from .experiments.exploring import Budget, Explored, explore
from .experiments.schedule import FaultSchedule, FaultStep, hold_schedule
from .judge import DrillResult
from .judge.expositions import ExpectedGrowth
from .machine.waiting import Waited, wait_until
from .model import (
    Addressee,
    Attempt,
    DeclarationError,
    EngineError,
    Evidence,
    Family,
    FaultError,
    FaultSpec,
    HistoryError,
    InconclusiveError,
    Inhibited,
    Judgement,
    Link,
    LoadReport,
    Network,
    Objective,
    Outcome,
    Probe,
    ProbeKind,
    ProbeReading,
    Profile,
    Reached,
    Sample,
    Service,
    Sli,
    Stack,
    StackproofError,
    Verdict,
)
from .model.metric_families import PromisedPage, Series
from .protocols import Ledger, LedgerReport, PropertyResult, verify_stored
from .protocols.http.request import HttpRequest, Trust
from .protocols.mime import (
    Listed,
    MimeConnection,
    MimeError,
    MimeRefusedError,
    Receipt,
    Received,
)
from .protocols.mime.contract import Contract
from .protocols.mime.upload import Upload
from .pytest_plugin.claims import Alarms, Count, Experiments, Measure, Prove
from .report.attachments import attach_text
from .run.background import Background
from .run.loads import TimedLoad
from .run.run import Run
from .run.service import RunningService
from .run.settings import Settings
from .run.steady_state import steady, wait_until_steady, why_not_ready
from .testing.image_files import built_images, own_files
from .testing.isolation import (
    ConnectTarget,
    ControlNetwork,
    NamespaceView,
    attempts_of,
    connect_from,
    connect_from_every_service,
    connect_targets,
    control_network,
    isolation_breaches,
)
from .testing.metrics_page import MetricsPage, lint_metrics, read_metrics_page
from .testing.monitoring_queries import monitoring_queries, queries_without_data
from .testing.stored_files import MIME_PROPERTIES, mime_contract
from .workload import (
    Constant,
    Latencies,
    LoadError,
    LoadPlan,
    LoadResult,
    LoadSummary,
    Poisson,
    Replay,
    Schedule,
    Spike,
    read_replay,
)

__all__ = [
    "MIME_PROPERTIES",
    "Address",
    "Addressee",
    "Alarms",
    "AlertExpectation",
    "Attempt",
    "Background",
    "Budget",
    "Confinement",
    "ConnectTarget",
    "Constant",
    "Contract",
    "ControlNetwork",
    "Count",
    "DeclarationError",
    "DrillResult",
    "Drills",
    "EngineError",
    "Evidence",
    "ExpectedGrowth",
    "Experiments",
    "Explored",
    "Family",
    "FaultError",
    "FaultSchedule",
    "FaultSpec",
    "FaultStep",
    "HistoryError",
    "HttpRequest",
    "InconclusiveError",
    "Inhibited",
    "Judgement",
    "Latencies",
    "Ledger",
    "LedgerReport",
    "Limits",
    "Link",
    "Listed",
    "LoadError",
    "LoadPlan",
    "LoadReport",
    "LoadResult",
    "LoadSummary",
    "Measure",
    "MetricsPage",
    "MimeConnection",
    "MimeError",
    "MimeRefusedError",
    "NamespaceView",
    "Network",
    "Objective",
    "Outcome",
    "Override",
    "OwnFile",
    "Place",
    "Poisson",
    "Probe",
    "ProbeKind",
    "ProbeReading",
    "Profile",
    "PromisedPage",
    "PropertyResult",
    "Prove",
    "Reached",
    "Receipt",
    "Received",
    "Replay",
    "Run",
    "RunningExperiment",
    "RunningService",
    "Sample",
    "Scenario",
    "Schedule",
    "Series",
    "Service",
    "ServiceAddress",
    "Settings",
    "Shares",
    "Side",
    "Sli",
    "Spike",
    "Stack",
    "StackproofError",
    "TimedLoad",
    "Trust",
    "Upload",
    "Verdict",
    "Waited",
    "attach_text",
    "attempts_of",
    "built_images",
    "connect_from",
    "connect_from_every_service",
    "connect_targets",
    "control_network",
    "explore",
    "hold_schedule",
    "isolation_breaches",
    "lint_metrics",
    "mime_contract",
    "monitoring_queries",
    "own_files",
    "queries_without_data",
    "read_metrics_page",
    "read_promised_metrics",
    "read_replay",
    "read_scraping",
    "steady",
    "verify_stored",
    "wait_until",
    "wait_until_steady",
    "why_not_ready",
]
