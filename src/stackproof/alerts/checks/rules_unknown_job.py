"""rules/unknown-job: a rule asks for a job that the scrape configuration has not."""

from collections.abc import Iterator
from difflib import get_close_matches

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import expressions, rules
from stackproof.alerts.promql.tree import matchers, metric, selectors
from stackproof.alerts.routing.delivery import matches
from stackproof.model.alerting import LabelMatcher, MatchOp, RuleKind, Scraping
from stackproof.model.re2 import Re2Error


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    jobs = _jobs(monitoring.scraping)
    if not jobs:
        return
    recorded = {rule.name for rule in rules(monitoring, RuleKind.RECORD)}
    for expression in expressions(monitoring):
        told: set[str] = set()
        for selector in selectors(expression.tree):
            for matcher in matchers(selector):
                if metric(selector) in recorded or str(matcher) in told or not _is_missed(matcher, jobs):
                    continue
                told.add(str(matcher))
                near = get_close_matches(matcher.value, jobs, n=1)
                message = f"{matcher}, but the jobs are {', '.join(sorted(jobs))}"
                yield Spot(expression.at("job"), message, f"did you mean {near[0]}?" if near else "")


def _jobs(scraping: Scraping | None) -> frozenset[str]:
    """Names of all jobs; none where the file cannot tell all of them."""
    if scraping is None or not scraping.complete or any(job.discovers or job.renames for job in scraping.jobs):
        return frozenset()
    return frozenset(job.name for job in scraping.jobs)


def _is_missed(matcher: LabelMatcher, jobs: frozenset[str]) -> bool:
    """True where the label job is asked for, by a value that no job has; Grafana's variables may be any."""
    if matcher.name != "job" or not matcher.value or "var_" in matcher.value:
        return False
    if matcher.op not in {MatchOp.EQUAL, MatchOp.REGEX}:
        return False
    try:
        return not any(matches(matcher, {"job": job}) for job in ("", *jobs))
    except Re2Error:
        return False  # an expression that only Prometheus can read


CHECK = Check(
    id="rules/unknown-job",
    severity=Severity.ERROR,
    why="No series has such a job: the expression is empty, and the alert never fires (or always, where it asks for "
    "absence).",
    fix="name the job as scrape_configs does, or add it there",
    look=_look,
)
