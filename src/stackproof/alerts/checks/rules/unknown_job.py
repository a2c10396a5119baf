"""rules/unknown-job: a rule selects a job that is not in the scrape configuration."""

from collections.abc import Iterator
from difflib import get_close_matches

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.label_matching import selects
from stackproof.alerts.promql.expressions import expressions, rules
from stackproof.alerts.promql.syntax_tree import matchers, metric, selectors
from stackproof.declare.label_patterns import LabelPatternError
from stackproof.model.monitoring import LabelMatcher, MatchOp, RuleKind, Scraping


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    jobs = _jobs(monitoring.scraping)
    if not jobs:
        return
    recorded = frozenset(rule.name for rule in rules(monitoring, RuleKind.RECORD))
    for expression in expressions(monitoring):
        reported: set[str] = set()
        for selector in selectors(expression.tree):
            for matcher in matchers(selector):
                if (
                    _is_recorded(metric(selector), recorded)
                    or str(matcher) in reported
                    or not _is_unknown(matcher, jobs)
                ):
                    continue
                reported.add(str(matcher))
                near = get_close_matches(matcher.value, jobs, n=1)
                message = f"no job matches {matcher}; the jobs are {', '.join(sorted(jobs))}"
                yield Spot(expression.at("job"), message, f"did you mean {near[0]}?" if near else "")


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
