"""Rewrites rules, routes and scrape configurations for a faster clock: in a drill an hour has to pass in a minute.

The files are generated from the real ones, so that nobody maintains a second set. `compressed_promql` says how an
expression changes. Names and labels are identities and stay: ``slo:sli_error:ratio_rate5m`` keeps its name although its
window becomes 5 s. Burn-rate factors, shares of a budget and annotations stay too.

Where a file relies on a default duration of Prometheus or Alertmanager, the compressed default is written into it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from stackproof.alerts.compression.compressed_promql import compress_promql
from stackproof.alerts.compression.yaml_text import UNNAMED, YamlText, like, read_yaml
from stackproof.alerts.promql.millisecond_durations import compressed_ms, read_ms, write_ms
from stackproof.model import DeclarationError, Location

QUICKEST_SCRAPE_S = 0.5
"""The shortest interval between scrapes, whatever the factor. A target has to answer in real time, before the next
scrape, and a busy machine that takes a third of a second to answer is not down."""

_GROUP_SPANS = ("interval", "query_offset")
_RULE_SPANS = ("for", "keep_firing_for")
_ROUTE_SPANS = ("group_wait", "group_interval", "repeat_interval")
_GLOBAL_SPANS = ("evaluation_interval", "rule_query_offset")
# https://prometheus.io/docs/alerting/latest/configuration/
_ROUTE_DEFAULTS = (("group_wait", "30s"), ("group_interval", "5m"), ("repeat_interval", "4h"))
_ALERTMANAGER_DEFAULTS = (("resolve_timeout", "5m"),)
# https://prometheus.io/docs/prometheus/latest/configuration/configuration/
_PROMETHEUS_DEFAULTS = (("evaluation_interval", "1m"),)
_SCRAPE_DEFAULT = "1m"
# `prometheus --help`
_FLAGS = (
    ("query.lookback-delta", 300_000),
    ("rules.alert.for-outage-tolerance", 3_600_000),
    ("rules.alert.for-grace-period", 600_000),
    ("rules.alert.resend-delay", 60_000),
)


@dataclass(frozen=True, slots=True)
class _Edit:
    """One value to replace. All are collected before the first is replaced, so that none is compressed twice."""

    table: CommentedMap
    key: str
    text: str


def compress_rules(text: str, factor: float, file: Path = UNNAMED) -> str:
    """Compress a file of rules, also a ``PrometheusRule`` object of Kubernetes.

    Args:
        text: The file's text.
        factor: How many times faster: 60 turns an hour into a minute, 1/60 reverts it.
        file: The file's name in messages.

    Raises:
        DeclarationError: It is not a file of rules, or something in it cannot be compressed; the error names the line.
    """
    yaml = _read(text, factor, file)
    holder = yaml.table(yaml.top, "spec") if yaml.text(yaml.top, "kind") == "PrometheusRule" else yaml.top
    if holder is None or "groups" not in holder:
        raise DeclarationError("expected the key groups, saw none", where=yaml.at(yaml.top), fix="name a file of rules")
    edits: list[_Edit] = []
    for group in yaml.tables(holder, "groups"):
        edits += _spans(yaml, group, _GROUP_SPANS, factor)
        for rule in yaml.tables(group, "rules"):
            edits += _spans(yaml, rule, _RULE_SPANS, factor)
            edits += _expression(yaml, rule, factor)
    return _applied(yaml, edits)


def compress_routing(text: str, factor: float, file: Path = UNNAMED) -> str:
    """Compress an Alertmanager configuration: its waits to group, repeat and resolve, but not its HTTP timeouts.

    Args:
        text: The file's text.
        factor: How many times faster.
        file: The file's name in messages.

    Raises:
        DeclarationError: It is not such a file, or a duration in it cannot be compressed; the error names the line.
    """
    yaml = _read(text, factor, file)
    root = yaml.table(yaml.top, "route")
    if root is None:
        raise DeclarationError(
            "expected the key route, saw none", where=yaml.at(yaml.top), fix="name an Alertmanager configuration"
        )
    shared = _globals(yaml)
    edits = [edit for route in _routes(yaml, root, set()) for edit in _spans(yaml, route, _ROUTE_SPANS, factor)]
    edits += _spans(yaml, shared, ("resolve_timeout",), factor)
    edits += _defaults(shared, _ALERTMANAGER_DEFAULTS, factor)
    edits += _defaults(root, _ROUTE_DEFAULTS, factor)
    return _applied(yaml, edits)


def compress_scraping(text: str, factor: float, file: Path = UNNAMED) -> str:
    """Compress a Prometheus configuration: how often it scrapes and evaluates; see `compressed_scrape_s`.

    Timeouts stay, because the network is real, unless one would be longer than its interval, which Prometheus rejects.
    `prometheus_flags` gives the command-line options that go with it.

    Args:
        text: The file's text.
        factor: How many times faster.
        file: The file's name in messages.

    Raises:
        DeclarationError: It is not YAML, or a duration in it cannot be compressed; the error names the line.
    """
    yaml = _read(text, factor, file)
    shared = _globals(yaml)
    interval = _scrape_interval(yaml, shared, factor, _SCRAPE_DEFAULT)
    edits = [interval, *_timeout(yaml, shared, interval.text)]
    edits += [*_spans(yaml, shared, _GLOBAL_SPANS, factor), *_defaults(shared, _PROMETHEUS_DEFAULTS, factor)]
    for job in yaml.tables(yaml.top, "scrape_configs"):
        own = _scrape_interval(yaml, job, factor) if job.get("scrape_interval") is not None else None
        edits += [*filter(None, [own]), *_timeout(yaml, job, (own or interval).text)]
    return _applied(yaml, edits)


def compressed_scrape_s(interval_s: float, factor: float) -> float:
    """Seconds between two scrapes on a faster clock: at least ``QUICKEST_SCRAPE_S``, unless they were fewer before."""
    return max(interval_s / factor, min(interval_s, QUICKEST_SCRAPE_S))


def prometheus_flags(factor: float) -> tuple[str, ...]:
    """Prometheus' command-line options with compressed durations, such as how old a sample may be.

    Without ``--query.lookback-delta`` a series without a staleness marker would outlive its target by five real
    minutes, whatever the factor. An alert that Prometheus does not resend within four times the larger of evaluation
    interval and resend delay counts as resolved.
    """
    return tuple(f"--{name}={write_ms(compressed_ms(ms, factor, Location(Path(name))))}" for name, ms in _FLAGS)


def _read(text: str, factor: float, file: Path) -> YamlText:
    if not factor > 0:
        raise DeclarationError(f"expected a factor above 0, saw {factor:g}", fix="60 makes an hour a minute")
    return read_yaml(text, file)


def _spans(yaml: YamlText, table: CommentedMap, keys: tuple[str, ...], factor: float) -> Iterator[_Edit]:
    for key in keys:
        text = yaml.text(table, key)
        if text is not None:
            where = yaml.at(table, key)
            yield _Edit(table, key, write_ms(compressed_ms(read_ms(text, where), factor, where)))


def _scrape_interval(yaml: YamlText, table: CommentedMap, factor: float, default: str = "") -> _Edit:
    where = yaml.at(table, "scrape_interval")
    interval_ms = read_ms(yaml.text(table, "scrape_interval") or default, where)
    compressed_ms(interval_ms, factor, where)  # raises if it cannot be compressed at all
    return _Edit(table, "scrape_interval", write_ms(round(1000 * compressed_scrape_s(interval_ms / 1000, factor))))


def _expression(yaml: YamlText, rule: CommentedMap, factor: float) -> Iterator[_Edit]:
    text = yaml.text(rule, "expr")
    if text is None:
        raise DeclarationError("expected a rule to have an expression (expr), saw none", where=yaml.at(rule))
    yield _Edit(rule, "expr", compress_promql(text, factor, yaml.at(rule, "expr")))


def _defaults(table: CommentedMap, defaults: tuple[tuple[str, str], ...], factor: float) -> Iterator[_Edit]:
    for key, text in defaults:
        if table.get(key) is None:
            where = Location(Path(key))
            yield _Edit(table, key, write_ms(compressed_ms(read_ms(text, where), factor, where)))


def _timeout(yaml: YamlText, table: CommentedMap, interval: str) -> Iterator[_Edit]:
    text = yaml.text(table, "scrape_timeout")
    if text is not None:
        where = yaml.at(table, "scrape_timeout")
        yield _Edit(table, "scrape_timeout", write_ms(min(read_ms(text, where), read_ms(interval, where))))


def _routes(yaml: YamlText, route: CommentedMap, seen: set[int]) -> Iterator[CommentedMap]:
    """A route and all routes below it, each once, even if YAML aliases repeat it."""
    if id(route) in seen:
        return
    seen.add(id(route))
    yield route
    for child in yaml.tables(route, "routes"):
        yield from _routes(yaml, child, seen)


def _globals(yaml: YamlText) -> CommentedMap:
    table = yaml.table(yaml.top, "global")
    if table is None:
        table = CommentedMap()
        table.lc.line = yaml.top.lc.line
        yaml.top.pop("global", None)
        yaml.top.insert(0, "global", table)
    return table


def _applied(yaml: YamlText, edits: list[_Edit]) -> str:
    for edit in edits:
        old = edit.table.get(edit.key)
        if str(old) != edit.text:
            edit.table[edit.key] = like(old, edit.text)
    return yaml.written()
