"""What every check looks like: one file, one test, one page in docs/checks/."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stackproof.alerts.finding import Finding, Severity
from stackproof.model import Location, Objective
from stackproof.model.alerting import DashboardQuery, ExportedMetric, Routing, RuleGroup, Scraping


@dataclass(frozen=True, slots=True)
class Monitoring:
    """All files that are proved together; what was not given is empty or None.

    Attributes:
        groups: Rule groups of all rule files.
        routing: Alertmanager's configuration.
        scraping: Prometheus' configuration.
        dashboards: Expressions of all dashboards.
        metrics: What is exported; None where nobody said, so that nothing can be said of a metric that is not in it.
        objectives: What the SLO files promise; None where nobody said.
    """

    groups: tuple[RuleGroup, ...] = ()
    routing: Routing | None = None
    scraping: Scraping | None = None
    dashboards: tuple[DashboardQuery, ...] = ()
    metrics: tuple[ExportedMetric, ...] | None = None
    objectives: tuple[Objective, ...] | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a check strikes, and what it saw there; the check itself knows the rest.

    Attributes:
        where: File and line.
        message: What is wrong here.
        fix: How to mend it here, where that is not what the check says in general.
        severity: How bad it is here, where that is not what the check says in general.
    """

    where: Location
    message: str
    fix: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check: pure, from the files to what is wrong with them.

    Attributes:
        id: Stable id, ``FAMILY/NAME``.
        severity: How bad its findings are.
        why: Why they matter.
        fix: How to mend them.
        look: Finds the spots.
    """

    id: str
    severity: Severity
    why: str
    fix: str
    look: Callable[[Monitoring], Iterator[Spot]]

    def findings(self, monitoring: Monitoring) -> Iterator[Finding]:
        """Give every finding of this check."""
        for spot in self.look(monitoring):
            yield Finding(
                id=self.id,
                severity=spot.severity or self.severity,
                where=spot.where,
                message=spot.message,
                why=self.why,
                fix=spot.fix or self.fix,
            )
