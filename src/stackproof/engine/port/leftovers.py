"""What runs leave in an engine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What carries a run's mark in an engine, by name.

    Attributes:
        containers: Containers, in whatever state.
        networks: Networks.
        volumes: Volumes.
    """

    containers: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.containers or self.networks or self.volumes)

    def __str__(self) -> str:
        parts = (("container", self.containers), ("network", self.networks), ("volume", self.volumes))
        return ", ".join(f"{kind} {name}" for kind, names in parts for name in names) or "nothing"
