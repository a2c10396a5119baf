"""Docker's words for the states of containers and for what happens to them, as the model's."""

import re
from collections.abc import Mapping
from typing import Any

from stackproof.model.container import ContainerAction, ContainerState, ContainerStatus, Health

ABSENT = ContainerState(ContainerStatus.ABSENT)

_HEALTH = re.compile(r"\((?:health: )?(?P<health>healthy|unhealthy|starting)\)")
_EXITED = re.compile(r"Exited \((?P<code>\d+)\)")
_HEALTH_STATUS = "health_status: "
_ACTIONS = frozenset(ContainerAction)
_ALIASES = {  # of engines that speak Docker's API and have words of their own
    "configured": ContainerStatus.CREATED,
    "initialized": ContainerStatus.CREATED,
    "stopping": ContainerStatus.RUNNING,
    "stopped": ContainerStatus.EXITED,
}


def status_of(word: str) -> ContainerStatus:
    """The status that an engine's word means."""
    return _ALIASES.get(word) or ContainerStatus(word)


def inspected_state(state: Mapping[str, Any]) -> ContainerState:
    """The state in what the engine knows of one container.

    Format: ``State`` of https://docs.docker.com/reference/api/engine/version/v1.44/#operation/ContainerInspect.
    """
    status = status_of(state["Status"])
    return ContainerState(
        status=status,
        health=inspected_health(state),
        exit_code=None if status.is_up else state["ExitCode"],
        started_at=state["StartedAt"],
        oom_killed=state["OOMKilled"],
    )


def inspected_health(state: Mapping[str, Any]) -> Health | None:
    """The health in the same; None where the engine does not check, which it may call ``none``."""
    word = (state.get("Health") or {}).get("Status", "")
    return Health(word) if word in set(Health) else None


def listed_state(status: str, text: str) -> ContainerState:
    """The state in a list of containers.

    Its text has the health or the exit code: ``Up 3 seconds (health: starting)``, ``Exited (0) 2 minutes ago``.

    Format: https://docs.docker.com/reference/api/engine/version/v1.44/#operation/ContainerList
    """
    found, ended = _HEALTH.search(text), _EXITED.match(text)
    return ContainerState(
        status_of(status), Health(found["health"]) if found else None, int(ended["code"]) if ended else None
    )


def action_of(word: str) -> ContainerAction | None:
    """What an event's word means; None where it is nothing that happened to the container, such as an ``exec``.

    Format: https://docs.docker.com/reference/cli/docker/system/events/#containers
    """
    plain = word.removeprefix(_HEALTH_STATUS)
    return ContainerAction(plain) if plain in _ACTIONS else None
