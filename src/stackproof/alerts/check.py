"""The shape of a check: one file, one test, and one page in docs/checks/."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from stackproof.alerts.finding import Confidence, Finding, Severity
from stackproof.model import Location, Objective
from stackproof.model.monitoring import DashboardQuery, ExportedMetric, Routing, RuleGroup, Scraping


class Needs(StrEnum):
    """A kind of file that a check needs, or that lets it find more."""

    RULES = "rules"
    ALERTMANAGER = "Alertmanager"
    PROMETHEUS = "Prometheus"
    DASHBOARDS = "dashboards"
    METRICS = "metrics"
    SLO = "SLO files"


@dataclass(frozen=True, slots=True, eq=False)
class Monitoring:
    """All files that are checked together; what was not given is empty or None. Two are never equal.

    Attributes:
        groups: Rule groups of all rule files.
        routing: Alertmanager's configuration.
        scraping: Prometheus' configuration.
        dashboards: Queries of all dashboards.
        metrics: What the exporters export; None if that is unknown, so that no metric can be called missing.
        objectives: The objectives of the SLO files; None if no SLO files were given.
    """

    groups: tuple[RuleGroup, ...] = ()
    routing: Routing | None = None
    scraping: Scraping | None = None
    dashboards: tuple[DashboardQuery, ...] = ()
    metrics: tuple[ExportedMetric, ...] | None = None
    objectives: tuple[Objective, ...] | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """One place that a check objects to. The check adds what is the same for all of its findings.

    Attributes:
        where: File and line.
        message: What is wrong here.
        fix: How to fix it here, if that differs from the check's general advice.
        severity: How severe it is here, if that differs from the check's general severity.
        confidence: How sure it is here, if that differs from the check's general confidence.
    """

    where: Location
    message: str
    fix: str = ""
    severity: Severity | None = None
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check: a pure function from the files to the places that are wrong.

    Attributes:
        id: Stable id, ``FAMILY/NAME``: the folder and the name of its file.
        severity: How severe its findings are.
        confidence: How sure they are.
        needs: Without one of these kinds of files it finds nothing. A check of expressions needs rules or dashboards.
        helped_by: With these it finds more, or is more sure.
        why: Why they matter.
        fix: How to fix them.
        look: Finds the places.
    """

    id: str
    severity: Severity
    confidence: Confidence
    needs: tuple[Needs, ...]
    why: str
    fix: str
    look: Callable[[Monitoring], Iterator[Spot]]
    helped_by: tuple[Needs, ...] = ()

    def findings(self, monitoring: Monitoring) -> Iterator[Finding]:
        """Every finding of this check."""
        for spot in self.look(monitoring):
            yield Finding(
                id=self.id,
                severity=spot.severity or self.severity,
                confidence=spot.confidence or self.confidence,
                where=spot.where,
                message=spot.message,
                why=self.why,
                fix=spot.fix or self.fix,
            )
