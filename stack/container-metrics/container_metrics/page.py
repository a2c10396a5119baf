"""Writes the page of metrics for Prometheus.

Where cAdvisor has a metric, name and meaning are its own: https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md
"""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from container_metrics.usage import Seen, Usage

LABELS = ("service", "name")
"""The service, and its container, of which a service may have several."""


def page(seen: Iterable[Seen]) -> bytes:
    """Write the page of metrics."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(tuple(seen)))
    return generate_latest(registry)


class _Once(Collector):
    """A collector of one snapshot."""

    def __init__(self, seen: tuple[Seen, ...]) -> None:
        self._seen = seen

    def collect(self) -> Iterator[Metric]:
        yield from _states(self._seen)
        used = [(each, each.usage) for each in self._seen if each.usage is not None]
        yield from _usage(used)
        yield from _traffic(used)


def _states(seen: Iterable[Seen]) -> Iterator[Metric]:
    running = GaugeMetricFamily("container_running", "1 while it runs, else 0.", labels=LABELS)
    start = GaugeMetricFamily(
        "container_start_time_seconds", "Start of its present or last run, since 1970.", labels=LABELS
    )
    restarts = CounterMetricFamily("container_restarts", "Starts by the engine's own restart policy.", labels=LABELS)
    for each in seen:
        running.add_metric((each.service, each.name), float(each.running))
        start.add_metric((each.service, each.name), each.started_at)
        restarts.add_metric((each.service, each.name), each.restarts)
    return iter((running, start, restarts))


def _usage(used: Iterable[tuple[Seen, Usage]]) -> Iterator[Metric]:
    cpu = CounterMetricFamily("container_cpu_usage_seconds", "Processor time used.", labels=LABELS)
    memory = GaugeMetricFamily(
        "container_memory_working_set_bytes", "Memory in use but for idle file cache.", labels=LABELS
    )
    limit = GaugeMetricFamily("container_spec_memory_limit_bytes", "Memory it may use.", labels=LABELS)
    for seen, usage in used:
        cpu.add_metric((seen.service, seen.name), usage.cpu_s)
        memory.add_metric((seen.service, seen.name), usage.memory_bytes)
        limit.add_metric((seen.service, seen.name), usage.memory_limit_bytes)
    return iter((cpu, memory, limit))


def _traffic(used: Iterable[tuple[Seen, Usage]]) -> Iterator[Metric]:
    labels = (*LABELS, "interface")
    received = CounterMetricFamily("container_network_receive_bytes", "Bytes that came in.", labels=labels)
    sent = CounterMetricFamily("container_network_transmit_bytes", "Bytes that went out.", labels=labels)
    for seen, usage in used:
        for interface, traffic in usage.traffic.items():
            received.add_metric((seen.service, seen.name, interface), traffic.received_bytes)
            sent.add_metric((seen.service, seen.name, interface), traffic.sent_bytes)
    return iter((received, sent))
