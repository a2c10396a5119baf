"""The limit on a service's memory, which faults of memory need."""

from stackproof.engine.port import RunningStack
from stackproof.model import FaultError, FaultSpec, Service


def require_memory_limit(engine: RunningStack, spec: FaultSpec, service: Service, because: str) -> int:
    """How much memory a service may use, in bytes.

    Args:
        engine: The running stack.
        spec: The fault.
        service: The service.
        because: Why the fault needs a limit.

    Raises:
        FaultError: The service has no limit.
    """
    limit_bytes = engine.limits(service.name).memory_bytes
    if limit_bytes is None:
        raise FaultError(
            f"fault '{spec}': expected a limit on the memory of {service.name!r}, none is declared: {because}",
            fix="add mem_limit to the service, such as mem_limit: 256m",
        )
    return limit_bytes
