"""Which service was tried by which family of faults, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stackproof.judge.experiments import Experiment
from stackproof.model import Event, EventKind, Family, Verdict


@dataclass(frozen=True, slots=True)
class Cell:
    """One service and one family of faults.

    Attributes:
        service: Name of the service.
        family: The family.
        experiments: What was done to the service out of that family.
        exemption: Why nothing is, where there is a written reason.
    """

    service: str
    family: Family
    experiments: tuple[Experiment, ...]
    exemption: str = ""

    @property
    def verdict(self) -> Verdict | None:
        """The worst of its experiments; None where there is none."""
        return Verdict.worst(each.verdict for each in self.experiments) if self.experiments else None

    def __str__(self) -> str:
        if self.verdict is not None:
            kinds = ", ".join(dict.fromkeys(each.fault.kind for each in self.experiments))
            return f"{self.verdict} ({kinds})"
        return f"exempt: {self.exemption}" if self.exemption else "not tried"


def matrix(services: Sequence[str], experiments: Sequence[Experiment], events: Iterable[Event]) -> tuple[Cell, ...]:
    """Every pair of a service and a family, service by service.

    Args:
        services: Names of the services, in the order of the rows.
        experiments: What was done.
        events: Those of the run; an exemption's subject is the service, its details are ``family`` and ``reason``.
    """
    exempted = {
        (each.subject, each.detail.get("family")): each.detail.get("reason", "")
        for each in events
        if each.kind is EventKind.EXEMPTED
    }
    return tuple(
        Cell(
            service,
            family,
            tuple(each for each in experiments if each.family == family and service in each.fault.aims),
            exempted.get((service, family), ""),
        )
        for service in services
        for family in Family
    )
