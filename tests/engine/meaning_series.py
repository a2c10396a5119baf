"""Generated series for proving the model of expressions: some keep every custom, some are as odd as series can be.

promtool's clock starts in 1970. The samples lie in December 2026, so that `time()` is what the model takes it for.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from stackproof.alerts.meaning.interpreter import Interpreter
from stackproof.alerts.meaning.series import Assumptions, exported_labels
from stackproof.model.monitoring import ExportedMetric, MetricType, Rule, RuleKind

STEP_S = 86_400
"""Seconds between samples: as long as possible, because promtool walks through all steps since 1970."""
_FIRST = 1796083200 // STEP_S  # the first sample: 2026-12-01, in steps since 1970
_SAMPLES = 12
RECORDED_AT = f"{_FIRST + 7}d"
"""When recording rules are evaluated."""
TIMES = (f"{_FIRST + 7}d1m30s", f"{_FIRST + 11}d3m")
"""When expressions are evaluated: with recorded series, and without."""


class Kind(StrEnum):
    """What a metric's values are, where customs are kept."""

    STATE = "0 or 1"
    ONE = "1"
    COUNTER = "a counter"
    SECONDS = "busy seconds of one core or device"
    BUCKETS = "cumulative buckets"
    GAUGE = "any number"
    SIZE = "a number that is not negative"
    UNIX_TIME = "a Unix time in seconds"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric and the labels of its series, with their values.

    Attributes:
        name: Its name.
        kind: What its values are.
        labels: Values of each label.
        type: The type that an exporter declares; None if none does.
        is_scraped: Whether the page of an exporter shows all of its labels.
    """

    name: str
    kind: Kind
    labels: Mapping[str, tuple[str, ...]]
    type: MetricType | None = None
    is_scraped: bool = False


_TARGET = {"job": ("api", "web"), "instance": ("a:1", "b:1")}
METRICS = (
    Metric("up", Kind.STATE, _TARGET),
    Metric("probe_success", Kind.STATE, _TARGET),
    Metric(
        "http_requests_total",
        Kind.COUNTER,
        {**_TARGET, "code": ("200", "404", "500")},
        MetricType.COUNTER,
        is_scraped=True,
    ),
    Metric("http_errors_total", Kind.COUNTER, {**_TARGET, "code": ("404", "500")}),
    Metric("node_cpu_seconds_total", Kind.SECONDS, {**_TARGET, "cpu": ("0", "1"), "mode": ("idle", "user")}),
    Metric("node_disk_io_time_seconds_total", Kind.SECONDS, {**_TARGET, "device": ("sda", "sdb", "sdc")}),
    Metric("request_seconds_bucket", Kind.BUCKETS, {**_TARGET, "le": ("0.1", "1", "+Inf")}, MetricType.HISTOGRAM),
    Metric("request_seconds_count", Kind.COUNTER, _TARGET, MetricType.HISTOGRAM, is_scraped=True),
    Metric("request_seconds_sum", Kind.COUNTER, _TARGET, MetricType.HISTOGRAM),
    Metric("queue_depth", Kind.GAUGE, {**_TARGET, "queue": ("mail", "jobs")}, MetricType.GAUGE, is_scraped=True),
    Metric("temperature_celsius", Kind.GAUGE, _TARGET),
    Metric("disk_free_bytes", Kind.SIZE, {**_TARGET, "device": ("sda", "sdb", "sdc")}),
    Metric("disk_size_bytes", Kind.SIZE, {**_TARGET, "device": ("sda", "sdb", "sdc")}),
    Metric("backup_timestamp_seconds", Kind.UNIX_TIME, _TARGET),
    Metric("app_info", Kind.ONE, {**_TARGET, "version": ("1.0", "1.1")}),
    Metric("pod_phase", Kind.STATE, {**_TARGET, "pod": ("p0", "p1"), "phase": ("Running", "Failed")}),
    Metric("ALERTS", Kind.ONE, {"alertname": ("Down", "Slow"), "alertstate": ("firing", "pending"), "job": ("api",)}),
    Metric("never_there", Kind.GAUGE, _TARGET),
)
RECORDS: Sequence[tuple[str, str, dict[str, str]]] = (
    ("job:requests:rate3d", "sum by (job) (rate(http_requests_total[3d]))", {}),
    ("instance:idle:avg", 'avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[3d]))', {"team": "infra"}),
    ("job:up:count", "count by (job) (up)", {}),
    ("tier:depth:max", "max(queue_depth)", {"tier": "all"}),
    ("tier:depth:max", "min(queue_depth > 0)", {"tier": "some"}),
    ("code:errors:least", 'clamp_max(min by (code) (http_errors_total{code="500"}), 10)', {}),
)
RECORDED_LABELS = {"job": ("job",), "instance": ("instance", "team"), "tier": ("tier",), "code": ("code",)}
_ODD = (0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -7.5, 100.0, 1e9, 1e-9, 4.5e9)
_SPECIAL = (*_ODD, float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 5e-324)


def interpreters() -> dict[str, Interpreter]:
    """The model with customs, and without, knowing the recording rules and what exporters declare."""
    records: dict[str, tuple[Rule, ...]] = {}
    for name, expr, labels in RECORDS:
        records[name] = (*records.get(name, ()), Rule(RuleKind.RECORD, name, expr, "recorded", labels=labels))
    types = {metric.name: metric.type for metric in METRICS if metric.type}
    pages = [
        ExportedMetric(
            metric.name,
            metric.type,
            frozenset(metric.labels) - {"job", "instance"},
            frozenset(frozenset(each.items()) for each in _all_labels(metric, without={"job", "instance"})),
        )
        for metric in METRICS
        if metric.type and metric.is_scraped
    ]
    return {
        "likely": Interpreter(Assumptions(customs=True, types=types, exported=exported_labels(pages)), records),
        "certain": Interpreter(Assumptions(types=types), records),
    }


@dataclass(frozen=True, slots=True)
class World:
    """Series.

    Attributes:
        keeps_customs: Whether names and labels mean what they usually mean.
        is_full: Whether each metric has a series for all values of its labels.
        series: Each series with its values in promtool's notation.
    """

    keeps_customs: bool
    is_full: bool
    series: dict[str, str] = field(default_factory=dict)


def worlds(seed: int, count: int) -> list[World]:
    """Worlds of series: every second one keeps the customs."""
    return [_world(random.Random(f"{seed} {each}"), each) for each in range(count)]  # noqa: S311 - no secrets


def _world(dice: random.Random, number: int) -> World:
    world = World(keeps_customs=number % 2 == 0, is_full=number % 4 == 0)
    special = number % 4 == 3
    for metric in METRICS:
        missing = metric.name == "never_there" or (number > 0 and dice.random() < 0.12)
        if missing:
            continue
        full = world.is_full or dice.random() < 0.5
        for labels in _all_labels(metric):
            if not full and dice.random() < 0.4 and metric.kind is not Kind.BUCKETS:
                continue
            if world.keeps_customs:
                _add(world, metric, labels, _customary(dice, metric, labels))
            else:
                _add(world, metric, _odd_labels(dice, labels), _odd(dice, metric, special=special))
    return world


def _all_labels(metric: Metric, without: set[str] | None = None) -> Iterator[dict[str, str]]:
    names = [name for name in metric.labels if name not in (without or ())]
    for values in product(*(metric.labels[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def _odd_labels(dice: random.Random, labels: dict[str, str]) -> dict[str, str]:
    """Labels that lack some, and have some of other metrics."""
    kept = {name: value for name, value in labels.items() if dice.random() < 0.85}
    if dice.random() < 0.2:
        other = dice.choice(METRICS)
        name = dice.choice(sorted(other.labels))
        kept[name] = dice.choice((*other.labels[name], "odd"))
    return kept


def _add(world: World, metric: Metric, labels: dict[str, str], values: Sequence[float | None]) -> None:
    text = ", ".join(f'{name}="{labels[name]}"' for name in sorted(labels))
    shown = " ".join(
        "_" if value is None else f"{value!r}".replace("inf", "Inf").replace("nan", "NaN") for value in values
    )
    world.series.setdefault(f"{metric.name}{{{text}}}", f"_x{_FIRST} {shown}")


def _customary(dice: random.Random, metric: Metric, labels: dict[str, str]) -> list[float | None]:
    values: list[float] = []
    if metric.kind in {Kind.COUNTER, Kind.SECONDS, Kind.BUCKETS}:
        values = _growing(dice, metric.kind)
        if metric.kind is Kind.BUCKETS:  # each bucket has what the smaller ones have
            smaller = metric.labels["le"].index(labels["le"])
            values = [float(each + smaller * 3 * (at + 1)) for at, each in enumerate(range(0, 2 * _SAMPLES, 2))]
        return list(values)
    constant = dice.random() < 0.2
    first = _drawn(dice, metric.kind)
    return [first if constant else _drawn(dice, metric.kind) for _ in range(_SAMPLES)]


def _drawn(dice: random.Random, kind: Kind) -> float:
    if kind is Kind.STATE:
        return float(dice.random() < 0.6)
    if kind is Kind.GAUGE:
        return dice.choice((*_ODD, dice.uniform(-50, 150)))
    if kind is Kind.SIZE:
        return dice.choice((0.0, 1e6, 5e9, dice.uniform(0, 1e12)))
    return (_FIRST + dice.uniform(-100, 20)) * STEP_S if kind is Kind.UNIX_TIME else 1.0


def _growing(dice: random.Random, kind: Kind) -> list[float]:
    """A counter, maybe with a restart. A core is busy at most one second a second."""
    most = STEP_S if kind is Kind.SECONDS else dice.choice((0, 1, 1000, 10_000_000))
    busy = dice.choice((0.0, 0.3, 1.0))
    values = [0.0]
    for _ in range(_SAMPLES - 1):
        grown = most * busy if dice.random() < 0.5 else dice.uniform(0, most)
        values.append(grown if dice.random() < 0.05 else values[-1] + grown)
    return values


def _odd(dice: random.Random, metric: Metric, *, special: bool) -> list[float | None]:
    """Any values, with gaps; only what the model takes for granted without customs is kept."""
    if metric.name in {"up", "ALERTS"}:
        return list(_customary(dice, metric, {}))
    pool: tuple[float, ...] = _SPECIAL if special else _ODD
    if metric.type in {MetricType.COUNTER, MetricType.HISTOGRAM} and not metric.name.endswith("_sum"):
        pool = tuple(each for each in pool if 0 <= each < 1e15)
    pool = tuple(dice.sample(pool, min(len(pool), dice.choice((1, 3, 20)))))
    return [None if dice.random() < 0.1 else dice.choice(pool) for _ in range(_SAMPLES)]
