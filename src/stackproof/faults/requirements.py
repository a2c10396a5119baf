"""What faults require of an engine. A fault that requires what the engine lacks is refused with the reason."""

from stackproof.engine.port import Capability, MissingCapabilityError, RunningStack
from stackproof.faults.catalogue import fault
from stackproof.model import FaultSpec

FIXES = {
    Capability.NETWORK_EMULATION: "load the module there (modprobe sch_netem), "
    "or use `latency` or `loss`, which do not need it",
}
"""What to do about a missing capability, if anything can be done."""


def refuse_missing(spec: FaultSpec, engine: RunningStack) -> None:
    """Refuse a fault if the engine lacks what its kind requires.

    Raises:
        FaultError: There is no such kind.
        MissingCapabilityError: The engine lacks a capability; the error has the reason.
    """
    for capability in sorted(fault(spec.kind).requires):
        reason = engine.lacks(capability)
        if reason is not None:
            raise MissingCapabilityError(f"fault {spec.kind!r}", capability, reason, fix=FIXES.get(capability))
