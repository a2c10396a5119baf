"""Interprets the engine's answers about a container."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from container_metrics.engine import Answer

NANO = 1e-9


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes that crossed one network interface since the container started."""

    received_bytes: float
    sent_bytes: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What a running container has used and may use.

    Attributes:
        cpu_s: Processor time since it started, in seconds.
        memory_bytes: The working set, as cAdvisor counts it: memory in use less the inactive file cache.
        memory_limit_bytes: Its limit, or the machine's memory if it has none.
        traffic: By interface.
    """

    cpu_s: float
    memory_bytes: float
    memory_limit_bytes: float
    traffic: Mapping[str, Traffic] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """One container of a service.

    Attributes:
        service: The service's name.
        name: The container's name.
        running: True if it runs; a frozen one runs.
        started_at: When it last started, in seconds since 1970; 0 if it never did.
        restarts: How often the engine's restart policy has restarted it.
        usage: What it uses; None if it does not run, or the engine did not say.
    """

    service: str
    name: str
    running: bool
    started_at: float
    restarts: float
    usage: Usage | None = None


def labels_of(container: Answer) -> Mapping[str, str]:
    """A container's labels, from the engine's list or from an inspection."""
    found = container.get("Labels") or part(container, "Config").get("Labels")
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def usage_of(stats: Answer) -> Usage | None:
    """Interpret a container's stats; None if it has ended, since the engine then sends zeros."""
    memory = part(stats, "memory_stats")
    if "usage" not in memory:
        return None
    details = part(memory, "stats")
    # Version 1 of control groups reports the whole tree under `total_` names; version 2 reports nothing else.
    idle_cache = number(details, "total_inactive_file") or number(details, "inactive_file")
    return Usage(
        cpu_s=number(part(part(stats, "cpu_stats"), "cpu_usage"), "total_usage") * NANO,
        memory_bytes=max(0.0, number(memory, "usage") - idle_cache),
        memory_limit_bytes=number(memory, "limit"),
        traffic=dict(_traffic(part(stats, "networks"))),
    )


def started_at(inspected: Answer) -> float:
    """When a container last started, in seconds since 1970; 0 if it never did."""
    text = str(part(inspected, "State").get("StartedAt", ""))
    try:
        return max(0.0, datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        return 0.0


def number(fields: Answer, name: str) -> float:
    """A number in an answer; 0 if it is absent."""
    value = fields.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def part(fields: Answer, name: str) -> Answer:
    """An object within an answer; an empty one if it is absent."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _traffic(networks: Answer) -> Iterator[tuple[str, Traffic]]:
    for interface in networks:
        counted = part(networks, interface)
        yield interface, Traffic(number(counted, "rx_bytes"), number(counted, "tx_bytes"))
