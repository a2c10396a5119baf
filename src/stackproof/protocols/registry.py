"""Finds the protocol of a target by its scheme."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from stackproof.model import DeclarationError, StackproofError
from stackproof.protocols.interface import ServiceProtocol
from stackproof.protocols.ledger import Ledger, LedgerReport, verify

GROUP = "stackproof.protocols"
"""The entry points' group. An entry point's name is a scheme, its value the protocol's object, as ``module:name``."""

OURS: Mapping[str, str] = {
    "http": "stackproof.protocols.http.protocol:HTTP",
    "https": "stackproof.protocols.http.protocol:HTTP",
    "mime": "stackproof.protocols.mime.protocol:MIME",
}
"""Our own entry points, as pyproject.toml has them (a test compares the two).

They stand here again because a checkout on PYTHONPATH has no metadata. They come first, so no other package can replace
one, and a load of ours does not read the metadata of all installed packages.
"""

_HOW_TO_ADD = f"install a package with an entry point of that name in the group {GROUP} (docs/extending/protocol.md)"


@dataclass(frozen=True, slots=True)
class Protocols:
    """All protocols that are installed.

    Attributes:
        found: Ours first.
        problems: Why others could not be loaded, one message each.
    """

    found: tuple[ServiceProtocol[Any], ...]
    problems: tuple[str, ...]


def protocol_of(target: str) -> ServiceProtocol[Any]:
    """Return the protocol of a target.

    Raises:
        DeclarationError: The target has no scheme, no installed protocol has that scheme, or it cannot be loaded.
    """
    scheme, colon, _ = target.partition("://")
    if not colon:
        raise DeclarationError(
            f"expected a target that begins with a scheme and ://, saw {target!r}",
            fix=f"write it as http://host:port/path; schemes: {', '.join(schemes())}",
        )
    return _protocol(scheme.lower())


def schemes() -> tuple[str, ...]:
    """Return every scheme that is known, ours first."""
    return (*OURS, *sorted(_others()))


def all_protocols() -> Protocols:
    """Load every protocol that is installed; one that is broken is reported, and does not affect the others."""
    found: dict[ServiceProtocol[Any], None] = {}
    problems = []
    for scheme in schemes():
        try:
            found[_protocol(scheme)] = None
        except StackproofError as error:
            problems.append(str(error))
    return Protocols(tuple(found), tuple(problems))


def verify_stored(target: str, ledger: Ledger, timeout_s: float = 10.0) -> LedgerReport:
    """Compare every acknowledged file with what the target gives back.

    Args:
        target: Where to read the files; its protocol has to have a store reader.
        ledger: What was acknowledged.
        timeout_s: How long to wait for each answer, in seconds.

    Raises:
        DeclarationError: The protocol stores no files.
        OSError: The network fails, or the server closes the connection.
        StackproofError: An answer does not follow the protocol.
    """
    protocol = protocol_of(target)
    open_store = protocol.store_reader()
    if open_store is None:
        raise DeclarationError(f"expected a protocol that stores files, saw {protocol.name}", where=target)
    with open_store(protocol.read_target(target), timeout_s) as fetch:
        return verify(ledger, fetch)


@cache
def _protocol(scheme: str) -> ServiceProtocol[Any]:
    value, package = (OURS[scheme], "stackproof") if scheme in OURS else _other(scheme)
    module, _, name = value.partition(":")
    try:
        protocol = getattr(import_module(module), name)
    except Exception as error:  # a plug-in's module may raise anything, and is to be blamed by name
        if package == "stackproof":
            raise
        raise DeclarationError(
            f"cannot load the protocol {scheme} from {value}: {type(error).__name__}: {error}",
            where=f"package {package}",
            fix="repair or uninstall that package",
        ) from error
    if not isinstance(protocol, ServiceProtocol) or scheme not in protocol.default_ports:
        raise DeclarationError(
            f"expected {value} to be a ServiceProtocol with the scheme {scheme}, saw {protocol!r}",
            where=f"package {package}",
            fix="correct its entry point, or its default_ports",
        )
    return protocol


def _other(scheme: str) -> tuple[str, str]:
    """Return the value of a scheme's entry point, and its package.

    Raises:
        DeclarationError: No package has one, or several have.
    """
    entries = _others().get(scheme, {})
    if len(entries) == 1:
        return next(iter(entries.items()))
    if entries:
        raise DeclarationError(
            f"expected one package with the protocol {scheme}, saw {', '.join(sorted(entries.values()))}",
            fix="uninstall all but one of them",
        )
    raise DeclarationError(
        f"expected a target whose scheme is one of {', '.join(schemes())}, saw {scheme!r}", fix=_HOW_TO_ADD
    )


@cache
def _others() -> dict[str, dict[str, str]]:
    """Every scheme that another package brings: the values of its entry points, each with the package's name."""
    found: dict[str, dict[str, str]] = {}
    for entry in entry_points(group=GROUP):
        if entry.name not in OURS:
            found.setdefault(entry.name.lower(), {})[entry.value] = entry.dist.name if entry.dist else "(unknown)"
    return found
