"""rules/interval-above-lookback: series that are stale before their next sample arrives."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import expressions
from stackproof.alerts.promql.syntax_tree import metric, walk
from stackproof.model import Location
from stackproof.model.monitoring import RuleGroup, RuleKind

_LOOKBACK_S = 300.0  # https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    default_s = monitoring.scraping.evaluation_interval_s if monitoring.scraping else 0.0
    instant, ranged = _uses(monitoring)
    for group in monitoring.groups:
        interval_s = group.interval_s or default_s
        recorded = [rule.name for rule in group.rules if rule.kind is RuleKind.RECORD]
        gaps = [name for name in recorded if name in instant or name not in ranged]
        if interval_s > _LOOKBACK_S and gaps:
            read = not instant.isdisjoint(gaps)
            severity, confidence = (None, None) if read else (Severity.INFO, Confidence.ADVICE)
            yield Spot(_where(group), _message(group, interval_s, gaps, instant), "", severity, confidence)
    for job in monitoring.scraping.jobs if monitoring.scraping else ():
        if (job.scrape_interval_s or 0.0) > _LOOKBACK_S:
            message = (
                f"the job {job.name!r} is scraped every {job.scrape_interval_s:g} s, but its series are stale after "
            )
            fix = "scrape at least every 2 minutes, or read its series by last_over_time(...[1h])"
            yield Spot(job.where, f"{message}{_LOOKBACK_S:g} s: they have gaps", fix, Severity.INFO, Confidence.ADVICE)


def _uses(monitoring: Monitoring) -> tuple[frozenset[str], frozenset[str]]:
    """The metrics of which expressions take the current sample, and those of which they take a range."""
    instant: set[str] = set()
    ranged: set[str] = set()
    for expression in expressions(monitoring):
        for visit in walk(expression.tree):
            if isinstance(visit.node, pp.VectorSelector):
                in_range = bool(visit.parents) and isinstance(visit.parents[0], pp.MatrixSelector)
                (ranged if in_range else instant).add(metric(visit.node) or "")
    return frozenset(instant), frozenset(ranged)


def _where(group: RuleGroup) -> Location:
    return group.where if group.interval_line is None else Location(group.where.file, group.interval_line)


def _message(group: RuleGroup, interval_s: float, gaps: list[str], instant: frozenset[str]) -> str:
    used = next((name for name in gaps if name in instant), None)
    which = f"{used}, which an expression reads," if used else f"{gaps[0]}"
    return (
        f"the group {group.name!r} is evaluated every {interval_s:g} s, but {which} is stale after {_LOOKBACK_S:g} s: "
        "it has gaps"
    )


CHECK = Check(
    id="rules/interval-above-lookback",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    helped_by=(Needs.PROMETHEUS,),
    why="Prometheus looks back five minutes for the last sample. In between an alert on the series ends, and its for: "
    "begins anew: it flaps, or never fires.",
    fix="use an interval of at most 4m, or read the series by last_over_time(...[20m])",
    look=_look,
)
