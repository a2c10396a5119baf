"""What a fault needs of an engine, and why it is exempt where the engine lacks that."""

from stackproof.engine.port import Capable, MissingCapabilityError
from stackproof.faults.catalogue import fault
from stackproof.model import FaultSpec


def why_exempt(spec: FaultSpec, engine: Capable) -> str | None:
    """Why a fault cannot be tried on this engine; None where it can.

    Raises:
        FaultError: There is no such kind of fault.
        EngineError: The engine does not answer.
    """
    try:
        refuse_missing(spec, engine)
    except MissingCapabilityError as missing:
        return missing.message
    return None


def refuse_missing(spec: FaultSpec, engine: Capable) -> None:
    """See that an engine has all that a fault needs, before anything is done.

    Raises:
        MissingCapabilityError: It lacks something; the error says what and why.
        FaultError: There is no such kind of fault.
        EngineError: The engine does not answer.
    """
    kind = fault(spec.kind)
    for capability in kind.needs:
        reason = engine.lacks(capability)
        if reason is not None:
            raise MissingCapabilityError(f"fault '{spec}'", capability, reason, fix=kind.instead)
