"""Whether the engine starts a service again by itself: suspended for a while, and then as declared."""

from typing import Literal, cast

from stackproof.engine.docker.compose.model import ComposeService
from stackproof.engine.docker.containers import RunContainers
from stackproof.engine.docker.services.resource_limits import declared_service

_NEVER = "no"
# Compose's words for `deploy: restart_policy: condition`, as an engine's.
_CONDITIONS = {"any": "always", "on-failure": "on-failure", "none": _NEVER}


def suspend_restart(containers: RunContainers, service: str) -> None:
    """The engine does not start a service again by itself."""
    _set(containers, service, _NEVER, 0)


def restore_restart(containers: RunContainers, service: str) -> None:
    """The engine starts a service again as the run's compose file says."""
    _set(containers, service, *declared_policy(declared_service(containers.manifest, service)))


def declared_policy(service: ComposeService) -> tuple[str, int]:
    """The policy's name, and its bound on tries; 0 where there is none."""
    if service.restart is not None:
        name, _, tries = service.restart.partition(":")
        return name, int(tries or 0)
    policy = service.deploy.restart_policy
    return (_NEVER, 0) if policy is None else (_CONDITIONS[policy.condition], policy.max_attempts)


def _set(containers: RunContainers, service: str, name: str, tries: int) -> None:
    with containers.of(service) as container:
        policy = container.attrs["HostConfig"]["RestartPolicy"]
        if (policy["Name"] or _NEVER, policy["MaximumRetryCount"]) != (name, tries):
            known = cast("Literal['always', 'on-failure']", name)  # docker-py's types lack the others
            container.update(restart_policy={"Name": known, "MaximumRetryCount": tries})
