"""rules/up-of-probe: ``up`` of a job that probes others says only that the exporter answers."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.label_matching import selects
from stackproof.alerts.meaning.readings import alert_readings
from stackproof.alerts.promql.syntax_tree import matchers, metric, metrics, selectors
from stackproof.declare.label_patterns import LabelPatternError
from stackproof.model.monitoring import LabelMatcher, Rule, ScrapeJob

_PROBE_PATH = re.compile(r".*/probe/?")
_EXPORTER = re.compile(r"exporter|prober|blackbox", re.IGNORECASE)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    probing = (
        [job for job in monitoring.scraping.jobs if _PROBE_PATH.fullmatch(job.metrics_path)]
        if monitoring.scraping
        else []
    )
    if not probing:
        return
    if any("probe_success" in metrics(reading.expression.tree) for _, reading in alert_readings(monitoring)):
        return
    for rule, reading in alert_readings(monitoring):
        for selector in selectors(reading.expression.tree):
            of_job = [each for each in matchers(selector) if each.name == "job"]
            if metric(selector) != "up" or not of_job or _is_about_exporter(rule):
                continue
            job = next((each for each in probing if _selects(of_job, each)), None)
            if job is not None:
                message = (
                    f"{rule.name} asks up of the job {job.name!r}, which says only that the exporter at /probe answers"
                )
                yield Spot(reading.at(selector), message, f'write probe_success{{job="{job.name}"}} == 0')


def _selects(of_job: list[LabelMatcher], job: ScrapeJob) -> bool:
    try:
        return all(selects(matcher, {"job": job.name}) for matcher in of_job)
    except LabelPatternError:
        return False


def _is_about_exporter(rule: Rule) -> bool:
    return any(_EXPORTER.search(text) for text in (rule.name, *rule.annotations.values()))


CHECK = Check(
    id="rules/up-of-probe",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES, Needs.PROMETHEUS),
    why="An exporter such as blackbox_exporter answers its scrape also when the probed target does not: up stays 1.",
    fix="compare probe_success, and keep an alert on up of the exporter for itself",
    look=_look,
)
