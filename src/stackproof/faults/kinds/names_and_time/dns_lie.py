"""``dns_lie``: a service that looks up one name gets a false address."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from stackproof.engine.port import Capability, Place, RunningStack
from stackproof.faults.evidence.lookups import NO_SUCH_NAME, Answer, Lookups, shown
from stackproof.faults.fault import ServiceFault
from stackproof.faults.means.resolver import LYING
from stackproof.faults.parameters import AddressParameter, NameParameter
from stackproof.model import Evidence, FaultError, FaultSpec, Service

_NAME = NameParameter("name", "the name whose look-ups are lied to; names under it are others")
_ADDRESS = AddressParameter("address", "what its look-ups give")

# Prints nothing where there is no way at all: then no traffic leaves either.
_ROUTE = 'ip -4 -oneline route get "$1" 2>/dev/null || true'


@dataclass(frozen=True, slots=True)
class DnsLie:
    """A name that gives a service a false address.

    Attributes:
        service: The service that asks.
        name: The name.
        address: The false address.
    """

    service: Service
    name: str
    address: IPv4Address

    def inject(self, engine: RunningStack) -> None:
        """Lead its look-ups to a resolver of ours that lies about this name."""
        self._refuse_to_lead_away(engine)
        own = (f"--address=/{self.name}/{self.address}", f"--local=/{self.name}/")
        LYING.lead(engine, self.service.name, LYING.answering(engine, self.name, *own))

    def _refuse_to_lead_away(self, engine: RunningStack) -> None:
        """A private address may still be somebody's behind this machine."""
        route = engine.run_helper(Place(self.service.name), ("sh", "-c", _ROUTE, "route", str(self.address)))
        if " via " in route:
            raise FaultError(
                f"expected an address that {self.service.name!r} reaches without leaving the stack's networks,"
                f" saw {self.address}: {' '.join(route.split())}",
                fix="take one of 127.0.0.0/8, or one in a network of the service",
            )

    def evidence(self, engine: RunningStack) -> Evidence:
        """Look the name up as the service does, and past our resolver; and another name."""
        return shown(engine, self.service, self.name, self.judge)

    def judge(self, seen: Lookups) -> Evidence:
        """Each time it must get the false address alone, which it is not without the fault; the other name is sound."""
        lie = Answer(str(self.address))
        is_told = all(each == lie for each in seen.name.led)
        is_false = all(each != lie and (each.is_found or each == NO_SUCH_NAME) for each in seen.name.free)
        return Evidence(confirmed=is_told and is_false and seen.others_are_sound, observed=f"looked up {seen}")

    def heal(self, engine: RunningStack) -> None:
        """Lead its look-ups to the engine again."""
        LYING.unlead(engine, self.service.name)


def _bind(spec: FaultSpec, service: Service) -> DnsLie:
    return DnsLie(service, _NAME.read(spec), _ADDRESS.read(spec))


KIND = ServiceFault(
    "dns_lie",
    "The service's look-ups of one name give a false address.",
    (_NAME, _ADDRESS),
    _bind,
    needs=(Capability.HELPERS, Capability.NAME_REDIRECTION),
)
