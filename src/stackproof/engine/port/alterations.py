"""Role *files*: recreating a service with something different in its container, and as declared again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Override:
    """What is different in a service that is recreated.

    Attributes:
        environment: Variables by name, added to its own.
        library: Folder of our image of fault tools that is mounted read-only at the same path; none where empty.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    library: str = ""


class Alterations(Protocol):
    """Recreating the services of a running stack."""

    def recreate(self, service: str, override: Override) -> None:
        """Recreate a service's container with something different in it, and wait until its health is known.

        It may be unhealthy then. An earlier override of the service does not hold any more.

        Raises:
            DeclarationError: There is no such service.
            EngineError: It has no container, or the new one ends.
        """

    def restore(self, service: str) -> None:
        """Recreate a service's container as declared, which also starts a service that has ended.

        Does nothing where it is as declared, or where nothing of the run is left.

        Raises:
            EngineError: The new container ends.
        """
