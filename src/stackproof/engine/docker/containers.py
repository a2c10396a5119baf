"""The containers of one run, found by their labels."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stackproof.engine.docker import labels
from stackproof.engine.docker.client import connect, engine_errors
from stackproof.engine.docker.standing import Standing
from stackproof.model import EngineError

if TYPE_CHECKING:
    from docker.models.containers import Container


class Containers:
    """The containers of a run.

    Args:
        standing: The run.
    """

    def __init__(self, standing: Standing) -> None:
        self.standing = standing

    @contextmanager
    def at(self, service: str, role: str = labels.ROLE_SERVICE) -> "Iterator[Container]":
        """One container of a service, whose errors are told in our words.

        Raises:
            DeclarationError: The stack has no such service.
            EngineError: It has no such container, or the engine refuses what is done to it.
        """
        with engine_errors(f"working on {service!r}"):
            container = self.find(service, role)
            if container is None:
                self.standing.stack.service(service)
                raise EngineError(f"expected a container of {service!r} in run {self.standing.run}, found none")
            yield container

    def find(self, service: str, role: str, helper: str = "") -> "Container | None":
        """One container of a service, in whatever state, or None."""
        wanted = [f"{labels.RUN}={self.standing.run}", f"{labels.SERVICE}={service}", f"{labels.ROLE}={role}"]
        wanted += [f"{labels.HELPER}={helper}"] if helper else []
        found = connect().containers.list(all=True, filters={"label": wanted}, ignore_removed=True)
        return found[0] if found else None
