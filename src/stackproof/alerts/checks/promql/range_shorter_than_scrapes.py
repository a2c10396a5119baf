"""promql/range-shorter-than-scrapes: a range with fewer than two samples has no rate."""

from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import Expression, expressions, rules
from stackproof.alerts.promql.syntax_tree import RATES, arguments, bare, calls, matchers, metric
from stackproof.model.monitoring import MatchOp, RuleKind, Scraping

_NEED_TWO = RATES | {"delta", "idelta", "deriv", "predict_linear"}
_LEAST_SCRAPES = 2


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.scraping is None:
        return
    recorded = {rule.name for rule in rules(monitoring, RuleKind.RECORD)}
    for expression in expressions(monitoring):
        for call in calls(expression.tree, _NEED_TWO):
            samples = bare(arguments(call)[0])
            if isinstance(samples, pp.MatrixSelector):
                name = metric(samples.vector_selector)
                if name is not None and ":" not in name and name not in recorded:
                    yield from _examined(expression, call, samples, monitoring.scraping)


def _examined(expression: Expression, call: pp.Call, samples: pp.MatrixSelector, scraping: Scraping) -> Iterator[Spot]:
    interval_s, range_s = _interval_s(samples.vector_selector, scraping), samples.range.total_seconds()
    if range_s >= _LEAST_SCRAPES * interval_s:
        return
    never = range_s < interval_s
    effect = "never has two samples" if never else "often has fewer than two samples"
    yield Spot(
        expression.at(metric(samples.vector_selector) or call.func.name),
        f"{call.func.name} over {range_s:g} s with a scrape every {interval_s:g} s: the range {effect}",
        f"use a range of at least {4 * interval_s:g} s, so that a missed scrape does not matter",
        Severity.ERROR if never and scraping.complete else Severity.WARNING,
        Confidence.CERTAIN if scraping.complete else Confidence.LIKELY,
    )


def _interval_s(selector: pp.VectorSelector, scraping: Scraping) -> float:
    """The scrape interval of the selected job; if that is unknown, the shortest of all."""
    intervals = {job.name: job.scrape_interval_s or scraping.scrape_interval_s for job in scraping.jobs}
    selected = (each.value for each in matchers(selector) if each.name == "job" and each.op is MatchOp.EQUAL)
    known = next((intervals[job] for job in selected if job in intervals), None)
    return known if known is not None else min(intervals.values(), default=scraping.scrape_interval_s)


CHECK = Check(
    id="promql/range-shorter-than-scrapes",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES, Needs.PROMETHEUS),
    why="A rate needs two samples: without them there is no result, and an alert on it does not fire.",
    fix="use a range of four scrapes or more",
    look=_look,
)
