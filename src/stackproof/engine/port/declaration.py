"""A declaration that an engine has read: the stack, its alerting files, and a part that is the engine's own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from stackproof.model.stack import Stack


class AlertingRole(StrEnum):
    """What a configuration file is to those who watch the stack."""

    RULES = "rules"
    """Rules of Prometheus."""
    ROUTING = "routing"
    """The configuration of Alertmanager."""
    SCRAPING = "scraping"
    """The configuration of Prometheus."""


@dataclass(frozen=True, slots=True)
class AlertingFile:
    """A configuration file of a service whose role the declaration names.

    Attributes:
        name: Its name in the declaration.
        role: What it is.
        path: The file on this machine; None where the declaration has its content, or nothing at all.
    """

    name: str
    role: AlertingRole
    path: Path | None


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an engine is to start.

    Attributes:
        stack: The stack.
        source: The engine's own part. Only the engine that read it looks into it.
        alerting: Alerting files, in the order of the declaration.
        arguments: Arguments for every service that uses a file, by the file's name. Each takes the place of the
            service's own arguments of the same name, which is what stands before ``=``.
        with_small_disks: True where volumes get the capacity that they declare.
    """

    stack: Stack
    source: object
    alerting: tuple[AlertingFile, ...] = ()
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    with_small_disks: bool = True

    def paths_of(self, role: AlertingRole) -> tuple[Path, ...]:
        """Paths of the alerting files of a role, in the order of the declaration."""
        return tuple(each.path for each in self.alerting if each.role is role and each.path)

    def with_paths(self, paths: Mapping[str, Path]) -> "Declaration":
        """The same, with other files in place of alerting files, by their names."""
        alerting = tuple(replace(each, path=paths.get(each.name, each.path)) for each in self.alerting)
        return replace(self, alerting=alerting)

    def with_arguments(self, file: str, arguments: tuple[str, ...]) -> "Declaration":
        """The same, with arguments for every service that uses an alerting file."""
        return replace(self, arguments={**self.arguments, file: arguments})

    def with_proxies_before(self, services: Collection[str]) -> "Declaration":
        """The same, with proxies before these services alone, as far as they can have one.

        Raises:
            DeclarationError: There is no such service.
        """
        return replace(self, stack=self.stack.with_proxies_before(services))

    def without_small_disks(self) -> "Declaration":
        """The same, with ordinary volumes."""
        return replace(self, with_small_disks=False)
