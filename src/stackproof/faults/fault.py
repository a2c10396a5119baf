"""What a fault is: something that can be aimed at a link or a service, done, shown and undone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.parameters import Parameter, refuse_unknown
from stackproof.model import DeclarationError, Evidence, FaultError, FaultSpec, Link, Service, Stack


class BoundFault(Protocol):
    """A fault with its aim and its values: checked, and ready to be done."""

    def inject(self, engine: RunningStack) -> None:
        """Do it."""

    def evidence(self, engine: RunningStack) -> Evidence:
        """See whether it bites, by an observation that does not come from what injected it."""

    def heal(self, engine: RunningStack) -> None:
        """Undo it; undoing it again, or undoing what was never done, does nothing."""


class Fault(Protocol):
    """A kind of fault."""

    @property
    def kind(self) -> str:
        """Its name in the catalogue."""

    @property
    def aim(self) -> str:
        """What it is aimed at, in the notation of a target."""

    @property
    def summary(self) -> str:
        """What it does, in one sentence."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it can be told."""

    @property
    def needs(self) -> tuple[Capability, ...]:
        """What an engine has to have for it."""

    @property
    def instead(self) -> str | None:
        """What to do where an engine lacks that."""

    def check(self, spec: FaultSpec, stack: Stack) -> BoundFault:
        """Bind it to a target of the stack.

        Raises:
            FaultError: The target or a parameter is not known, or a value is out of bounds.
        """


@dataclass(frozen=True, slots=True)
class LinkFault:
    """A kind of fault that is put on a link.

    Attributes:
        kind: Its name in the catalogue.
        summary: What it does, in one sentence.
        parameters: What it can be told.
        bind: Makes the bound fault of a request and the link that it names.
        needs: What an engine has to have for it.
        instead: What to do where an engine lacks that.
    """

    kind: str
    summary: str
    parameters: tuple[Parameter, ...]
    bind: Callable[[FaultSpec, Link], BoundFault]
    aim: str = "NETWORK/SERVICE:PORT"
    needs: tuple[Capability, ...] = (Capability.LINKS,)
    instead: str | None = None

    def check(self, spec: FaultSpec, stack: Stack) -> BoundFault:
        """Bind it to a link of the stack.

        Raises:
            FaultError: The link or a parameter is not known, or a value is out of bounds.
        """
        refuse_unknown(spec, self.parameters)
        try:
            link = stack.link(spec.target)
        except DeclarationError as error:
            raise FaultError(f"fault '{spec}': {error.message}") from None
        return self.bind(spec, link)


@dataclass(frozen=True, slots=True)
class ServiceFault:
    """A kind of fault that is done to a service.

    Attributes:
        kind: Its name in the catalogue.
        summary: What it does, in one sentence.
        parameters: What it can be told.
        bind: Makes the bound fault of a request and the service that it names.
        needs: What an engine has to have for it.
        instead: What to do where an engine lacks that.
    """

    kind: str
    summary: str
    parameters: tuple[Parameter, ...]
    bind: Callable[[FaultSpec, Service], BoundFault]
    aim: str = "SERVICE"
    needs: tuple[Capability, ...] = ()
    instead: str | None = None

    def check(self, spec: FaultSpec, stack: Stack) -> BoundFault:
        """Bind it to a service of the stack.

        Raises:
            FaultError: The service or a parameter is not known, or a value is out of bounds.
        """
        refuse_unknown(spec, self.parameters)
        return self.bind(spec, standing_service(spec, spec.target, stack))


@dataclass(frozen=True, slots=True)
class PathFault:
    """A kind of fault that is done to what a service has at a path.

    Attributes:
        kind: Its name in the catalogue.
        summary: What it does, in one sentence.
        parameters: What it can be told.
        bind: Makes the bound fault of a request, the service that it names, and the path.
        needs: What an engine has to have for it.
        instead: What to do where an engine lacks that.
    """

    kind: str
    summary: str
    parameters: tuple[Parameter, ...]
    bind: Callable[[FaultSpec, Service, str], BoundFault]
    aim: str = "SERVICE:/PATH"
    needs: tuple[Capability, ...] = (Capability.HELPERS,)
    instead: str | None = None

    def check(self, spec: FaultSpec, stack: Stack) -> BoundFault:
        """Bind it to a path of a service of the stack.

        Raises:
            FaultError: The service or a parameter is not known, or a value is out of bounds.
        """
        refuse_unknown(spec, self.parameters)
        name, colon, path = spec.target.partition(":")
        if not colon or not path.startswith("/") or ".." in path.split("/"):
            raise FaultError(f"fault '{spec}': expected {self.aim}, such as store:/var/lib/store, saw {spec.target!r}")
        return self.bind(spec, standing_service(spec, name, stack), path)


def standing_service(spec: FaultSpec, name: str, stack: Stack) -> Service:
    """The service of this name, which must be started with the stack.

    Raises:
        FaultError: There is none, or it is not.
    """
    try:
        service = stack.service(name)
    except DeclarationError as error:
        raise FaultError(f"fault '{spec}': {error.message}") from None
    if service.on_demand:
        raise FaultError(f"fault '{spec}': {service.name!r} is started on demand, so it does not stand")
    return service
