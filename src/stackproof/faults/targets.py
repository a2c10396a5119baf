"""What faults are aimed at: a link, a service, or a path in a service."""

from dataclasses import dataclass

from stackproof.engine.port import Capability
from stackproof.faults.fault_kind import FaultTarget
from stackproof.model import DeclarationError, FaultError, FaultSpec, Link, Service, Stack

_PATH_NOTATION = "SERVICE:/PATH"


@dataclass(frozen=True, slots=True)
class ServicePath:
    """A folder in a service's container.

    Attributes:
        service: The service.
        path: Absolute path in its container.
    """

    service: Service
    path: str


def running_service(spec: FaultSpec, name: str, stack: Stack) -> Service:
    """The service of this name, which must be one that is started with the stack.

    Raises:
        FaultError: There is no such service, or it is an on-demand one.
    """
    try:
        service = stack.service(name)
    except DeclarationError as error:
        raise FaultError(f"fault '{spec}': {error.message}") from None
    if service.on_demand:
        raise FaultError(f"fault '{spec}': {service.name!r} is started on demand, not with the stack")
    return service


def _service(spec: FaultSpec, stack: Stack) -> Service:
    return running_service(spec, spec.target, stack)


def _link(spec: FaultSpec, stack: Stack) -> Link:
    try:
        return stack.link(spec.target)
    except DeclarationError as error:
        raise FaultError(f"fault '{spec}': {error.message}") from None


def _service_path(spec: FaultSpec, stack: Stack) -> ServicePath:
    name, colon, path = spec.target.partition(":")
    if not colon or not path.startswith("/") or ".." in path.split("/"):
        raise FaultError(
            f"fault '{spec}': expected {_PATH_NOTATION}, such as store:/var/lib/store, saw {spec.target!r}"
        )
    return ServicePath(running_service(spec, name, stack), path)


LINK = FaultTarget("NETWORK/SERVICE:PORT", _link, frozenset({Capability.LINKS}))
"""One port of a service on one network."""

SERVICE = FaultTarget("SERVICE", _service)
"""A service that is started with the stack."""

SERVICE_PATH = FaultTarget(_PATH_NOTATION, _service_path, frozenset({Capability.HELPERS}))
"""A folder in the container of such a service."""
