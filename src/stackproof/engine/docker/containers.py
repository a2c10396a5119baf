"""The containers of one run, found by their labels."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.life.manifest import RunManifest
from stackproof.model import EngineError

if TYPE_CHECKING:
    from docker.models.containers import Container


class RunContainers:
    """The containers of a run.

    Args:
        manifest: The run.
    """

    def __init__(self, manifest: RunManifest) -> None:
        self.manifest = manifest

    @contextmanager
    def of(self, service: str, role: str = labels.ROLE_SERVICE) -> "Iterator[Container]":
        """One container of a service; errors of what the block does to it are raised as ours.

        Raises:
            DeclarationError: The stack has no such service.
            EngineError: The service has no such container, or the engine refuses what is done to it.
        """
        with engine_errors(f"working on {service!r}"):
            container = self.find(service, role)
            if container is None:
                self.manifest.stack.service(service)
                raise EngineError(f"expected a container of {service!r} in run {self.manifest.run}, found none")
            yield container

    def find(self, service: str, role: str, helper: str = "") -> "Container | None":
        """One container of a service, in whatever state, or None."""
        wanted = [f"{labels.RUN}={self.manifest.run}", f"{labels.SERVICE}={service}", f"{labels.ROLE}={role}"]
        wanted += [f"{labels.HELPER}={helper}"] if helper else []
        found = connect().containers.list(all=True, filters={"label": wanted}, ignore_removed=True)
        return found[0] if found else None
