"""The state of a service's container, and what changes it, in words of our own: each engine translates its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ContainerStatus(StrEnum):
    """Where a container is in its life."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    RESTARTING = "restarting"
    EXITED = "exited"
    REMOVING = "removing"
    DEAD = "dead"
    """The engine failed to remove it."""
    ABSENT = "absent"
    """The service has no container."""

    @property
    def is_up(self) -> bool:
        """True where the container has processes, frozen or not, and with them a network of its own."""
        return self in {ContainerStatus.RUNNING, ContainerStatus.PAUSED}

    @property
    def has_ended(self) -> bool:
        """True where the container has no processes any more; one that was not started yet has not ended."""
        return not self.is_up and self is not ContainerStatus.CREATED


class Health(StrEnum):
    """The result of the engine's own health check."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    STARTING = "starting"


HEALTHY_STATES = frozenset({Health.HEALTHY.value, ContainerStatus.RUNNING.value})
"""Values of ``ContainerState.word`` for a service that works as far as its engine knows."""


@dataclass(frozen=True, slots=True)
class ContainerState:
    """The state of a service's container, as its engine reports it.

    Attributes:
        status: Where it is in its life.
        health: The result of the engine's health check, or None where the engine does not check.
        exit_code: Exit code of the last end, or None while it runs.
        started_at: Start of the container's present run, as the engine writes it (RFC 3339); empty where unknown.
        oom_killed: True where the kernel killed one of its processes in this run because memory ran out.
    """

    status: ContainerStatus
    health: Health | None = None
    exit_code: int | None = None
    started_at: str = ""
    oom_killed: bool = False

    @property
    def word(self) -> str:
        """The health of a running container whose engine checks it, else the status."""
        return self.health if self.status is ContainerStatus.RUNNING and self.health else self.status

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do: the service has no container, or it ended without an error."""
        ended_well = self.status is ContainerStatus.EXITED and self.exit_code == 0
        return ended_well or self.status is ContainerStatus.ABSENT


def why_not_working(states: Mapping[str, ContainerState]) -> str:
    """Which of these services do not work as far as their engine knows; "" if all do."""
    wrong = ((name, state) for name, state in states.items() if state.word not in HEALTHY_STATES)
    return "; ".join(f"the engine says {state.word} of {name}" for name, state in wrong)


class ContainerAction(StrEnum):
    """Something that happened to a container."""

    CREATED = "create"
    STARTED = "start"
    RESTARTED = "restart"
    PAUSED = "pause"
    UNPAUSED = "unpause"
    SIGNALLED = "kill"
    STOPPED = "stop"
    ENDED = "die"
    OUT_OF_MEMORY = "oom"
    UPDATED = "update"
    """Its limits or its restart policy changed."""
    REMOVED = "destroy"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class ContainerChange:
    """Something that the engine reports of a service's container.

    Attributes:
        service: Name of the service.
        action: What happened.
        at_ns: When, by the engine's clock, in nanoseconds since 1970.
    """

    service: str
    action: ContainerAction
    at_ns: int
