"""Waits until all of a run is well, as the engine sees it."""

import time
from collections.abc import Iterable
from enum import Enum, auto
from threading import Event

from stackproof.engine.docker import labels
from stackproof.engine.docker.client import connect, engine_errors
from stackproof.engine.docker.events import watched

_LOOK_EVERY_S = 0.5  # that a service has run for a second, no event tells
_TELLING = ("health_status", "die")
_JUST_BEGUN = "Up Less than a second"


class Wellness(Enum):
    """How the containers of a run are, together."""

    WELL = auto()
    COMING = auto()
    ILL = auto()


def wait_until_well(run: str, within_s: float) -> Wellness:
    """Wait until every container runs and is healthy where it is checked, or has done its work and ended.

    Compose's own ``--wait`` looks twice a second, and takes a job that ended well for a failure. This looks when the
    engine tells of a change: each look costs a busy machine as much as a health check.

    Args:
        run: The run's id.
        within_s: How long to wait, in seconds.

    Returns:
        WELL; ILL as soon as one is unhealthy or failed, or all were taken away; COMING where the time is over.

    Raises:
        EngineError: The engine does not answer, or stopped telling.
    """
    deadline = time.monotonic() + within_s
    changed = Event()
    with watched(run, lambda _change: changed.set(), _TELLING):
        while (seen := _seen(run)) is Wellness.COMING and (left_s := deadline - time.monotonic()) > 0:
            changed.wait(min(left_s, _LOOK_EVERY_S))
            changed.clear()
        return seen


def _seen(run: str) -> Wellness:
    with engine_errors("waiting for the stack to be healthy"):
        listed = connect().api.containers(all=True, filters={"label": f"{labels.RUN}={run}"})
    return wellness_of((each["State"], each["Status"], each["Labels"].get(labels.ROLE, "")) for each in listed)


def wellness_of(containers: Iterable[tuple[str, str, str]]) -> Wellness:
    """Read what an engine lists of each container: its state, its status in words, and its role.

    The words tell the health: ``Up 3 seconds (health: starting)``, ``Up 3 seconds (healthy)``. Format:
    https://docs.docker.com/reference/api/engine/version/v1.44/#operation/ContainerList

    A service that nobody checks has to run for a second: one that dies of its first line runs for a moment, too.
    """
    seen = [_of_one(*container) for container in containers]
    if Wellness.ILL in seen or not seen:
        return Wellness.ILL
    return Wellness.COMING if Wellness.COMING in seen else Wellness.WELL


def _of_one(state: str, status: str, role: str) -> Wellness:
    if "(unhealthy)" in status or state == "dead":
        return Wellness.ILL
    if state == "exited":
        return Wellness.WELL if status.startswith("Exited (0)") else Wellness.ILL
    has_just_begun = role == labels.ROLE_SERVICE and status == _JUST_BEGUN
    runs = state == "running" and "(health: " not in status and not has_just_begun
    return Wellness.WELL if runs else Wellness.COMING
