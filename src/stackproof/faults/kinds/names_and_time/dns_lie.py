"""``dns_lie``: a service that looks up one name gets a false address."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from stackproof.engine.port import Capability, Place, RunningStack
from stackproof.faults.evidence.name_lookups import NO_SUCH_NAME, LookupAnswer, LookupComparison, lookup_evidence
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.name_resolver import LYING
from stackproof.faults.parameters import AddressParameter, NameParameter
from stackproof.faults.targets import SERVICE
from stackproof.model import Evidence, FaultError, FaultSpec, Service

_NAME = NameParameter("name", "the name that gets a false address; its subdomains are not affected")
_ADDRESS = AddressParameter("address", "the false address")

# Prints nothing if there is no route at all: then no traffic leaves either.
_ROUTE = 'ip -4 -oneline route get "$1" 2>/dev/null || true'


@dataclass(frozen=True, slots=True)
class DnsLie:
    """A name for which a service gets a false address.

    Attributes:
        service: The service that asks.
        name: The name.
        address: The false address.
    """

    service: Service
    name: str
    address: IPv4Address

    def inject(self, engine: RunningStack) -> None:
        """Redirect its look-ups to a resolver of ours that gives a false address for this name.

        Raises:
            FaultError: The address is behind a gateway, or look-ups cannot be redirected.
        """
        self._refuse_a_gateway(engine)
        own = (f"--address=/{self.name}/{self.address}", f"--local=/{self.name}/")
        LYING.redirect(engine, self.service.name, LYING.command(engine, self.name, *own))

    def _refuse_a_gateway(self, engine: RunningStack) -> None:
        """A private address may belong to someone beyond this machine."""
        route = engine.run_helper(Place(self.service.name), ("sh", "-c", _ROUTE, "route", str(self.address)))
        if " via " in route:
            raise FaultError(
                f"expected an address that {self.service.name!r} reaches without leaving the stack's networks,"
                f" saw {self.address}: {' '.join(route.split())}",
                fix="use one of 127.0.0.0/8, or one in a network of the service",
            )

    def evidence(self, engine: RunningStack) -> Evidence:
        """Look up the name as the service does, and directly; and another name."""
        return lookup_evidence(engine, self.service, self.name, self.judge)

    def judge(self, seen: LookupComparison) -> Evidence:
        """Confirmed if each look-up gives only the false address, none does directly, and another name is as usual."""
        lie = LookupAnswer(str(self.address))
        lies = all(each == lie for each in seen.name.redirected)
        is_false = all(each != lie and (each.is_found or each == NO_SUCH_NAME) for each in seen.name.direct)
        return Evidence(confirmed=lies and is_false and seen.others_are_unaffected, observed=f"looked up {seen}")

    def heal(self, engine: RunningStack) -> None:
        """Let the engine answer its look-ups again."""
        LYING.restore(engine, self.service.name)


def _bind(spec: FaultSpec, service: Service) -> DnsLie:
    return DnsLie(service, _NAME.read(spec), _ADDRESS.read(spec))


KIND = fault_kind(
    "dns_lie",
    SERVICE,
    "The service's look-ups of one name give a false address.",
    (_NAME, _ADDRESS),
    _bind,
    Capability.HELPERS,
    Capability.NAME_REDIRECTION,
)
