"""Kinds of faults, and faults bound to their target: what can be injected, observed and healed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.parameters import Parameter, refuse_unknown
from stackproof.model import Evidence, FaultSpec, Stack

_Aimed = TypeVar("_Aimed")


class BoundFault(Protocol):
    """A fault whose target and values were checked, ready to be injected."""

    def inject(self, engine: RunningStack) -> None:
        """Do it.

        Raises:
            StackproofError: It could not be done, or not completely.
        """

    def evidence(self, engine: RunningStack) -> Evidence:
        """Observe whether it takes effect, without relying on what injected it."""

    def heal(self, engine: RunningStack) -> None:
        """Undo it. Healing twice, or healing what was never injected, does nothing.

        Raises:
            StackproofError: It could not be undone.
        """


@dataclass(frozen=True, slots=True)
class FaultTarget(Generic[_Aimed]):
    """What a kind of fault is aimed at.

    Attributes:
        notation: How it is written, such as ``NETWORK/SERVICE:PORT``.
        find: Finds it in a stack; raises a FaultError if it does not exist.
        requires: What every fault with such a target needs of an engine.
    """

    notation: str
    find: Callable[[FaultSpec, Stack], _Aimed]
    requires: frozenset[Capability] = frozenset()


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault, as the catalogue lists it.

    Attributes:
        kind: Its name in the catalogue.
        target: How its target is written.
        summary: What it does, in one sentence.
        parameters: The parameters that it takes.
        bind: Makes a bound fault; called by ``check`` once the parameters' names were checked.
        requires: What it needs of an engine, beyond starting, stopping and signalling services.
    """

    kind: str
    target: str
    summary: str
    parameters: tuple[Parameter, ...]
    bind: Callable[[FaultSpec, Stack], BoundFault]
    requires: frozenset[Capability] = frozenset()

    def check(self, spec: FaultSpec, stack: Stack) -> BoundFault:
        """Bind a fault of this kind to its target in a stack.

        Raises:
            FaultError: The target or a parameter is unknown, or a value is out of bounds.
        """
        refuse_unknown(spec, self.parameters)
        return self.bind(spec, stack)


def fault_kind(
    kind: str,
    target: FaultTarget[_Aimed],
    summary: str,
    parameters: tuple[Parameter, ...],
    bind: Callable[[FaultSpec, _Aimed], BoundFault],
    *requires: Capability,
) -> FaultKind:
    """A kind of fault: every file in ``kinds/FAMILY/`` has one as its ``KIND``.

    Args:
        kind: Its name, which is that of its file.
        target: What it is aimed at.
        summary: What it does, in one sentence.
        parameters: The parameters that it takes.
        bind: Makes a bound fault from a request and the target that it names.
        requires: What it needs of an engine, in addition to what its target requires.
    """
    return FaultKind(
        kind,
        target.notation,
        summary,
        parameters,
        lambda spec, stack: bind(spec, target.find(spec, stack)),
        target.requires | frozenset(requires),
    )
