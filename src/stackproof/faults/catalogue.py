"""Every kind of fault, by name. The files in ``kinds/FAMILY/`` are the catalogue; each is imported on first use."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules

from stackproof.faults import kinds
from stackproof.faults.fault_kind import BoundFault, FaultKind
from stackproof.model import Family, FaultError, FaultSpec, Stack


def _families() -> Mapping[str, Family]:
    """The family of each kind: the folder of its file. Imports none of them."""
    folders = {family: [f"{folder}/{folder_of(family)}" for folder in kinds.__path__] for family in Family}
    return {module.name: family for family, paths in folders.items() for module in iter_modules(paths)}


def folder_of(family: Family) -> str:
    """The name of the folder in ``kinds/`` that holds a family."""
    return family.value.replace(" ", "_")


def families() -> Mapping[Family, tuple[FaultKind, ...]]:
    """Every kind of fault by family, in alphabetical order within each."""
    known = _families()
    return {family: tuple(_load(kind, family) for kind in known if known[kind] is family) for family in Family}


def faults() -> tuple[FaultKind, ...]:
    """Every kind of fault, in the order of ``families``."""
    return tuple(_load(kind, family) for kind, family in _families().items())


def family_of(kind: str) -> Family:
    """The family that a kind of fault belongs to.

    Raises:
        FaultError: There is no such kind; the message lists the known ones and the closest match.
    """
    known = _families()
    if kind in known:
        return known[kind]
    closest = get_close_matches(kind, known, n=1)
    raise FaultError(
        f"no fault {kind!r}; known: {', '.join(sorted(known))}",
        fix=f"did you mean {closest[0]!r}?" if closest else None,
    )


def fault(kind: str) -> FaultKind:
    """The kind of fault of this name.

    Raises:
        FaultError: There is no such kind; the message lists the known ones and the closest match.
    """
    return _load(kind, family_of(kind))


def _load(kind: str, family: Family) -> FaultKind:
    found: FaultKind = import_module(f"{kinds.__name__}.{folder_of(family)}.{kind}").KIND
    return found


def check(spec: FaultSpec, stack: Stack) -> BoundFault:
    """Bind a fault to its target in a stack.

    Raises:
        FaultError: The kind, the target or a parameter is unknown, or a value is out of bounds.
    """
    return fault(spec.kind).check(spec, stack)
