"""rules/threshold-unit: a limit in another unit than the value that is compared with it."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.facts import Meaning
from stackproof.alerts.meaning.readings import alert_readings
from stackproof.alerts.meaning.thresholds import Threshold, metrics_of, thresholds
from stackproof.alerts.meaning.unit import BYTES, MILLISECONDS, RATIO, SECONDS, Unit
from stackproof.alerts.promql.syntax_tree import RATES
from stackproof.model.monitoring import Rule

_HALF = 0.5
_FAR_ABOVE_ALL = 2.0
_LIKE_PERCENT = 50.0
_OLDEST_UNIX_TIME_S = 1e8  # in 1973
_LONG_WAIT_S = 10.0
_VERY_LONG_WAIT_S = 100.0
_MINUTE_S = 60.0
_KIB = 1024.0
_CLOCKS = frozenset({"time", "timestamp"})  # they give ages
_ABOVE = frozenset({">", ">="})
_BELOW = frozenset({"<", "<="})
# An error percentage below 1 is a usual limit, and some ratios are far above 1.
_RARE = re.compile(r"err|fail|drop|loss|lost|reject|denied|timeout|5xx|miss|throttl|retr|abort|violat", re.IGNORECASE)
_LARGE_RATIO = re.compile(r"compress|amplif|dedup|overcommit|fanout|fan_out|speedup|per_", re.IGNORECASE)
_FAST = re.compile(
    r"latency|request|response|quer|read|write|rtt|lookup|fsync|commit|rpc|grpc|dns|ping|io_|disk|http|seek|flush_time|probe|scrape",
    re.IGNORECASE,
)
_SLOW = re.compile(
    r"job|task|batch|backup|build|pipeline|age|lag|uptime|cron|sync|compact|scan|deploy|export|import|session|train|ttl"
    r"|expir|interval|idle|wait|queue|index|snapshot|restore|workflow|run_",
    re.IGNORECASE,
)
_STORED = re.compile(
    r"avail|free|used|usage|capacity|memory|mem_|heap|resident|disk|filesystem|rss|storage", re.IGNORECASE
)
_MESSAGE = re.compile(r"request|response|message|packet|payload|frame|buffer|queue|sel_|nvram|eeprom", re.IGNORECASE)
_MILLISECONDS_IN_TEXT = re.compile(r"\}\}\s*(ms|msec|millis(econds?)?)\b|\d\s*ms\b", re.IGNORECASE)
_LONG_IN_TEXT = re.compile(r"\b(minutes?|mins?|hours?|seconds?)\b", re.IGNORECASE)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule, reading in alert_readings(monitoring):
        for threshold in thresholds(reading.likely):
            found = _problem(rule, threshold)
            if found:
                yield Spot(reading.at(threshold.node), f"{rule.name} compares {found[0]}", found[1])


def _problem(rule: Rule, threshold: Threshold) -> tuple[str, str] | None:
    """What is compared with what, and how to fix it; None if the units may agree."""
    unit = threshold.value.facts.unit
    if unit is None or threshold.limit <= 0:
        return None
    plain = unit.plain
    if plain.epoch:
        return _unix_time(threshold, plain)
    if plain.is_like(RATIO):
        return _percent(threshold) if plain.is_percent else _ratio(threshold, plain)
    if plain == SECONDS:
        return _seconds(rule, threshold)
    return _milliseconds(threshold) if plain == MILLISECONDS else _bytes(threshold, plain)


def _percent(threshold: Threshold) -> tuple[str, str] | None:
    limit, named = threshold.limit, ", ".join(sorted(threshold.metrics))
    if threshold.is_computed or ":" in named or _RARE.search(named):
        return None
    high, low = threshold.op in _ABOVE and _HALF <= limit < 1, threshold.op in _BELOW and limit <= _HALF
    if not (high or low):
        return None
    return f"{named}, a percentage (0 to 100), with {limit:g}", f"write {limit * 100:g} if {limit:.0%} is meant"


def _ratio(threshold: Threshold, unit: Unit) -> tuple[str, str] | None:
    limit, named = threshold.limit, ", ".join(sorted(threshold.metrics))
    if limit <= 1 or not unit.is_ratio or _LARGE_RATIO.search(named):
        return None
    if not threshold.is_computed:
        # Seconds a second are how many run at once, which may be some.
        least = _LIKE_PERCENT if _calls(threshold.value, RATES) else _FAR_ABOVE_ALL
        wrong = limit >= least and threshold.op in _ABOVE | _BELOW and ":" not in named
    else:
        wrong = _is_share(threshold.value)
    if not wrong:
        return None
    return f"a ratio (1 is all of it) of {named} with {limit:g}", f"write {limit / 100:g}, or multiply the ratio by 100"


def _is_share(value: Meaning) -> bool:
    """Whether a quotient is what failed by all there was, or bytes by bytes, so that more than 1 is not expected."""
    for each in value.walk():
        if isinstance(each.node, pp.BinaryExpr) and str(each.node.op) == "/":
            part, whole = each.inputs
            units = (part.facts.unit, whole.facts.unit)
            if all(unit is not None and unit.plain.is_like(BYTES) for unit in units):
                return True
            rare = any(_RARE.search(name) for name in metrics_of(part))
            return rare and not any(_RARE.search(name) for name in metrics_of(whole))
    return False


def _unix_time(threshold: Threshold, unit: Unit) -> tuple[str, str] | None:
    if threshold.limit * unit.scale > _OLDEST_UNIX_TIME_S:
        return None
    named = ", ".join(sorted(threshold.metrics)) or "time()"
    return f"{named}, a Unix time, with {threshold.limit:g}", "subtract it from time() to compare an age"


def _seconds(rule: Rule, threshold: Threshold) -> tuple[str, str] | None:
    named = ", ".join(sorted(threshold.metrics))
    limit = threshold.limit
    if limit < _LONG_WAIT_S or threshold.op not in _ABOVE:
        return None
    said = any(_MILLISECONDS_IN_TEXT.search(text) for text in rule.annotations.values())
    duration = bool(_FAST.search(named)) and not _SLOW.search(named) and not _calls(threshold.value, _CLOCKS)
    meant = limit % _MINUTE_S == 0 or any(_LONG_IN_TEXT.search(text) for text in rule.annotations.values())
    fast = limit >= _VERY_LONG_WAIT_S and duration and not meant
    if not (said or fast):
        return None
    return f"seconds ({named}) with {limit:g}", f"write {limit / 1000:g} if {limit:g} ms are meant"


def _calls(value: Meaning, names: frozenset[str]) -> bool:
    """Whether one of these functions computes a value."""
    return any(isinstance(each.node, pp.Call) and each.node.func.name in names for each in value.walk())


def _milliseconds(threshold: Threshold) -> tuple[str, str] | None:
    limit = threshold.limit
    if limit >= 1 or threshold.op not in _ABOVE:
        return None
    return f"milliseconds with {limit:g}", f"write {limit * 1000:g} if {limit:g} s are meant"


def _bytes(threshold: Threshold, unit: Unit) -> tuple[str, str] | None:
    named, limit = ", ".join(sorted(threshold.metrics)), threshold.limit
    stored = bool(_STORED.search(named)) and not _MESSAGE.search(named)
    if unit != BYTES or threshold.is_computed or not stored or threshold.op not in _ABOVE | _BELOW:
        return None
    if not 1 < limit < _KIB:
        return None
    return f"bytes ({named}) with {limit:g}", f"write {limit:g} * 1024^3 for GiB; divide by the size for a share"


CHECK = Check(
    id="rules/threshold-unit",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="A limit that is a hundred times too high is never reached, and one that is too low is always exceeded.",
    fix="write the limit in the unit of the value",
    look=_look,
)
