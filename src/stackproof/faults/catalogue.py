"""Every kind of fault, by name: whatever file lies in ``kinds/FAMILY/`` is found, and imported when it is asked for."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from stackproof.faults import kinds
from stackproof.faults.fault import BoundFault, Fault
from stackproof.model import Family, FaultError, FaultSpec, Stack


@cache
def _families() -> Mapping[str, Family]:
    """The family of each kind, which is the folder that its file lies in; nothing is imported for it."""
    folders = {family: [f"{folder}/{family.value.replace(' ', '_')}" for folder in kinds.__path__] for family in Family}
    return {module.name: family for family, paths in folders.items() for module in iter_modules(paths)}


def families() -> Mapping[Family, tuple[Fault, ...]]:
    """Every kind of fault, family by family, each in the order of the alphabet."""
    return {
        family: tuple(fault(kind) for kind, its_family in _families().items() if its_family is family)
        for family in Family
    }


def faults() -> tuple[Fault, ...]:
    """Every kind of fault, in the order of ``families``."""
    return tuple(map(fault, _families()))


def family_of(kind: str) -> Family:
    """The family that a kind of fault belongs to.

    Raises:
        FaultError: There is no such kind; the message lists those that are, and the nearest.
    """
    known = _families()
    if kind in known:
        return known[kind]
    nearest = get_close_matches(kind, known, n=1)
    raise FaultError(
        f"no fault {kind!r}; known: {', '.join(sorted(known))}", fix=f"say {nearest[0]!r}" if nearest else None
    )


def fault(kind: str) -> Fault:
    """The kind of fault of this name.

    Raises:
        FaultError: There is none; the message lists those that are, and the nearest.
    """
    family = family_of(kind).value.replace(" ", "_")
    found: Fault = import_module(f"{kinds.__name__}.{family}.{kind}").KIND
    return found


def check(spec: FaultSpec, stack: Stack) -> BoundFault:
    """Bind a fault that is asked for to its target in a stack.

    Raises:
        FaultError: The kind, the target or a parameter is not known, or a value is out of bounds.
    """
    return fault(spec.kind).check(spec, stack)
