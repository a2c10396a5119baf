"""rules/unknown-job: a rule selects a job that is not in the scrape configuration."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.label_matching import selects
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.promql.syntax_tree import Visit, matchers, metric, selectors, walk
from stackproof.declare.label_patterns import LabelPatternError
from stackproof.model.monitoring import LabelMatcher, MatchOp, RuleKind, Scraping


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    jobs = _jobs(monitoring.scraping)
    if not jobs:
        return
    recorded = frozenset(rule.name for rule in rules(monitoring, RuleKind.RECORD))
    names = ", ".join(sorted(jobs))
    near = lru_cache(maxsize=None)(lambda value: get_close_matches(value, jobs, n=1))
    for reading in readings(monitoring):
        reported: set[str] = set()
        for visit in walk(reading.expression.tree):
            if not isinstance(visit.node, pp.VectorSelector) or _is_recorded(metric(visit.node), recorded):
                continue
            unknown = (each for each in matchers(visit.node) if str(each) not in reported and _is_unknown(each, jobs))
            for matcher in unknown:
                if not _has_alternative(visit, jobs):
                    reported.add(str(matcher))
                    fix = "".join(f"did you mean {each}?" for each in near(matcher.value))
                    yield Spot(reading.at(visit.node), f"no job matches {matcher}; the jobs are {names}", fix)


def _has_alternative(visit: Visit, jobs: frozenset[str]) -> bool:
    """Whether an ``or`` offers the same metric of a known job: rules support old and new names of a job that way."""
    either = (each for each in visit.parents if isinstance(each, pp.BinaryExpr) and str(each.op) == "or")
    assert isinstance(visit.node, pp.VectorSelector)  # noqa: S101 - for the types: the caller passes no other
    same = [each for node in either for each in selectors(node) if metric(each) == metric(visit.node)]
    return any(matcher.name == "job" and not _is_unknown(matcher, jobs) for each in same for matcher in matchers(each))


def _is_recorded(name: str | None, recorded: frozenset[str]) -> bool:
    """Whether a rule records it, of these files or of others; a rule can give its series any job."""
    return name is not None and (name in recorded or ":" in name or name.startswith("ALERTS"))


def _jobs(scraping: Scraping | None) -> frozenset[str]:
    """Names of all jobs; none if the file does not contain all of them."""
    if scraping is None or not scraping.complete or any(job.discovers or job.renames for job in scraping.jobs):
        return frozenset()
    return frozenset(job.name for job in scraping.jobs)


def _is_unknown(matcher: LabelMatcher, jobs: frozenset[str]) -> bool:
    """Whether it selects a job that does not exist; Grafana's variables may be any job."""
    if matcher.name != "job" or not matcher.value or "var_" in matcher.value:
        return False
    if matcher.op not in {MatchOp.EQUAL, MatchOp.REGEX}:
        return False
    try:
        return not any(selects(matcher, {"job": job}) for job in ("", *jobs))
    except LabelPatternError:
        return False  # the pattern is not one of RE2


CHECK = Check(
    id="rules/unknown-job",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES, Needs.PROMETHEUS),
    why="No series has such a job: the expression has no result, and the alert never fires (or always, if it uses "
    "absent).",
    fix="use a job name from scrape_configs, or add the job there",
    look=_look,
)
