"""The server's metrics for Prometheus."""

from dataclasses import dataclass, field
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from servicekit.metrics import service_registry

from mime_server.storage import Storage

DURATION_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Outcome(StrEnum):
    """How a transfer ended."""

    OK = "ok"
    REJECTED = "rejected"
    """The request was not acceptable."""
    FAILED = "failed"
    """The server was at fault."""
    ABORTED = "aborted"
    """The client disconnected or stopped sending."""


class Decided(StrEnum):
    """What the policy service decided."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    """No decision in time."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of one server."""

    registry: CollectorRegistry = field(default_factory=service_registry)
    transfers: Counter = field(init=False)
    duration: Histogram = field(init=False)
    connections: Gauge = field(init=False)
    decisions: Counter = field(init=False)
    decision_duration: Histogram = field(init=False)

    def __post_init__(self) -> None:
        transfers = Counter(
            "file_transfers", "Transfers, in and out, by how they ended.", ("status",), registry=self.registry
        )
        duration = Histogram(
            "transfer_duration_seconds",
            "Time from a transfer's request line to the end of its answer.",
            ("command",),
            registry=self.registry,
            buckets=DURATION_BUCKETS_S,
        )
        connections = Gauge("active_connections", "Open client connections.", registry=self.registry)
        decisions = Counter(
            "policy_decisions", "Files that the policy service was asked about.", ("outcome",), registry=self.registry
        )
        decision_duration = Histogram(
            "policy_decision_seconds",
            "Time that the policy service was waited for.",
            registry=self.registry,
            buckets=DURATION_BUCKETS_S,
        )
        for outcome in Outcome:  # series that exist from the start can be alerted on from the start
            transfers.labels(outcome)
        for decided in Decided:
            decisions.labels(decided)
        for command in ("SEND", "RECEIVE"):
            duration.labels(command)
        object.__setattr__(self, "transfers", transfers)
        object.__setattr__(self, "duration", duration)
        object.__setattr__(self, "connections", connections)
        object.__setattr__(self, "decisions", decisions)
        object.__setattr__(self, "decision_duration", decision_duration)

    def watch(self, storage: Storage) -> None:
        """Measure a storage on each scrape."""
        registry = self.registry
        used = Gauge("storage_used_bytes", "Bytes in use on the storage's file system.", registry=registry)
        used.set_function(lambda: storage.space().used_bytes)
        capacity = Gauge("storage_capacity_bytes", "Size of the storage's file system in bytes.", registry=registry)
        capacity.set_function(lambda: storage.space().capacity_bytes)
        Gauge("stored_files", "Files stored.", registry=registry).set_function(lambda: storage.totals.files)
        Gauge("stored_bytes", "Bytes of the files stored.", registry=registry).set_function(
            lambda: storage.totals.size_bytes
        )
