"""Which service was tried with which family of faults, and with what result."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stackproof.judge.faults import FaultRecord
from stackproof.model import Event, Family, FamilyExempted, Verdict


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One service and one family of faults.

    Attributes:
        service: Name of the service.
        family: The family.
        faults: The faults of that family that were aimed at the service.
        exemption: The written reason why there is none; empty if there is no such reason.
    """

    service: str
    family: Family
    faults: tuple[FaultRecord, ...]
    exemption: str = ""

    @property
    def verdict(self) -> Verdict | None:
        """The worst of its faults' verdicts; None without a fault."""
        return Verdict.worst(each.verdict for each in self.faults) if self.faults else None

    def __str__(self) -> str:
        if self.verdict is not None:
            kinds = ", ".join(dict.fromkeys(each.fault.kind for each in self.faults))
            return f"{self.verdict} ({kinds})"
        return f"exempt: {self.exemption}" if self.exemption else "not tried"


def matrix(services: Sequence[str], faults: Sequence[FaultRecord], events: Iterable[Event]) -> tuple[MatrixCell, ...]:
    """Every pair of a service and a family, service by service.

    Args:
        services: Names of the services, in the order of the rows.
        faults: The faults of the run.
        events: The events of the run, exemptions among them.
    """
    exempted = {(each.service, each.family): each.reason for each in events if isinstance(each, FamilyExempted)}
    return tuple(
        MatrixCell(
            service,
            family,
            tuple(each for each in faults if each.family is family and service in each.fault.aims),
            exempted.get((service, family), ""),
        )
        for service in services
        for family in Family
    )
