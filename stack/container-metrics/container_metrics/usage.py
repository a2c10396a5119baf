"""Reads what the engine says of a container."""

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
    """What a container that runs has used and may use.

    Attributes:
        cpu_s: Processor time since it started, in seconds.
        memory_bytes: Memory that the kernel cannot take back without need, as cAdvisor counts it: all but the file
            cache that nobody used of late.
        memory_limit_bytes: What it may have; the machine's own where it has no limit.
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
        running: True where it runs; a frozen one runs.
        started_at: Start of its present or last run, in seconds since 1970; 0 where it never started.
        restarts: How often the engine started it again by itself.
        usage: What it uses; None where it does not run, or the engine could not say.
    """

    service: str
    name: str
    running: bool
    started_at: float
    restarts: float
    usage: Usage | None = None


def labels_of(container: Answer) -> Mapping[str, str]:
    """Labels of a container from the engine's list, or of one that was inspected."""
    found = container.get("Labels") or part(container, "Config").get("Labels")
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def usage_of(stats: Answer) -> Usage | None:
    """Read a container's stats; None where it ended in between, for then the engine sends zeros."""
    memory = part(stats, "memory_stats")
    if "usage" not in memory:
        return None
    details = part(memory, "stats")
    # Control groups of version 1 count the whole tree under `total_`; version 2 counts nothing else.
    idle_cache = number(details, "total_inactive_file") or number(details, "inactive_file")
    return Usage(
        cpu_s=number(part(part(stats, "cpu_stats"), "cpu_usage"), "total_usage") * NANO,
        memory_bytes=max(0.0, number(memory, "usage") - idle_cache),
        memory_limit_bytes=number(memory, "limit"),
        traffic=dict(_traffic(part(stats, "networks"))),
    )


def started_at(inspected: Answer) -> float:
    """When a container's present or last run began, in seconds since 1970; 0 where it never did."""
    text = str(part(inspected, "State").get("StartedAt", ""))
    try:
        return max(0.0, datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        return 0.0


def number(fields: Answer, name: str) -> float:
    """A number of an answer; 0 where there is none."""
    value = fields.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def part(fields: Answer, name: str) -> Answer:
    """An object within an answer; an empty one where there is none."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _traffic(networks: Answer) -> Iterator[tuple[str, Traffic]]:
    for interface in networks:
        counted = part(networks, interface)
        yield interface, Traffic(number(counted, "rx_bytes"), number(counted, "tx_bytes"))
