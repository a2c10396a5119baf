"""Waits for the health of a run's containers, or of one service that was recreated."""

import time
from collections.abc import Iterable
from enum import Enum, auto
from threading import Event

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.containers import RunContainers
from stackproof.engine.docker.events import watched
from stackproof.engine.docker.states import inspected_state, listed_state
from stackproof.machine.waiting import wait_until
from stackproof.model import ContainerState, ContainerStatus, EngineError, Health

_LOOK_EVERY_S = 0.5  # no event tells that a service has run for a second
_EVENTS = ("health_status", "die")
_JUST_STARTED = "Up Less than a second"
_ENDED_WELL = "Exited (0)"
_STABLE_S = 0.5
_LAST_LINES = 5


class StartProgress(Enum):
    """How far the start of a run's containers has come."""

    HEALTHY = auto()
    STARTING = auto()
    FAILED = auto()


def wait_until_healthy(run: str, within_s: float) -> StartProgress:
    """Wait until every container runs and is healthy where its health is checked, or has done its work and ended.

    Compose's own ``--wait`` looks twice a second, and takes a job that ended well for a failure. This looks when the
    engine reports a change: each look costs a busy machine as much as a health check.

    Args:
        run: The run's id.
        within_s: How long to wait, in seconds.

    Returns:
        HEALTHY; FAILED as soon as one is unhealthy or failed, or all were removed; STARTING when the time is over.

    Raises:
        EngineError: The engine does not answer, or stopped reporting.
    """
    deadline = time.monotonic() + within_s
    changed = Event()
    with watched(run, lambda _change: changed.set(), _EVENTS):
        while (seen := _progress(run)) is StartProgress.STARTING and (left_s := deadline - time.monotonic()) > 0:
            changed.wait(min(left_s, _LOOK_EVERY_S))
            changed.clear()
        return seen


def _progress(run: str) -> StartProgress:
    with engine_errors("waiting for the stack to be healthy"):
        listed = connect().api.containers(all=True, filters={"label": f"{labels.RUN}={run}"})
    return progress_of((each["State"], each["Status"], each["Labels"].get(labels.ROLE, "")) for each in listed)


def progress_of(containers: Iterable[tuple[str, str, str]]) -> StartProgress:
    """The progress that a list of containers shows: of each its status, its status as text, and its role.

    A service whose health is not checked has to run for a second: one that dies on its first line runs for a moment.
    """
    seen = [_progress_of_one(*container) for container in containers]
    if StartProgress.FAILED in seen or not seen:
        return StartProgress.FAILED
    return StartProgress.STARTING if StartProgress.STARTING in seen else StartProgress.HEALTHY


def _progress_of_one(status: str, text: str, role: str) -> StartProgress:
    state = listed_state(status, text)
    if state.health is Health.UNHEALTHY or state.status is ContainerStatus.DEAD:
        return StartProgress.FAILED
    if state.status is ContainerStatus.EXITED:
        return StartProgress.HEALTHY if text.startswith(_ENDED_WELL) else StartProgress.FAILED
    has_just_started = role == labels.ROLE_SERVICE and text == _JUST_STARTED
    runs = state.status is ContainerStatus.RUNNING and state.health is not Health.STARTING and not has_just_started
    return StartProgress.HEALTHY if runs else StartProgress.STARTING


def wait_for_health(containers: RunContainers, service: str, within_s: float) -> None:
    """Wait until a recreated service is healthy or unhealthy, or stays up where its health is not checked.

    An unhealthy one is left to probes and judges: a fault may be there to make it so.

    Raises:
        EngineError: It has ended, or its health is not known after this many seconds.
    """
    settled = _Settled()

    def look() -> ContainerState:
        with containers.of(service) as container:
            return inspected_state(container.attrs["State"])

    waited = wait_until(look, settled.or_ended, within_s=within_s)
    if not waited.in_time or _has_ended(waited.seen):
        raise EngineError(
            f"expected {service!r}, recreated, to run and its health to be known within {within_s:g} s;"
            f" it {_end_of(containers, service)}"
        )


def _has_ended(state: ContainerState) -> bool:
    return state.status in {ContainerStatus.EXITED, ContainerStatus.DEAD}


class _Settled:
    """Decides, look by look, whether a service's health is known."""

    def __init__(self) -> None:
        self._started_at = ""
        self._since_s = time.monotonic()

    def or_ended(self, state: ContainerState) -> bool:
        """True where its health is known, or it has ended."""
        if state.started_at != self._started_at or state.status is not ContainerStatus.RUNNING:
            self._started_at, self._since_s = state.started_at, time.monotonic()
        if _has_ended(state) or state.health in {Health.HEALTHY, Health.UNHEALTHY}:
            return True
        return state.health is None and time.monotonic() - self._since_s > _STABLE_S


def _end_of(containers: RunContainers, service: str) -> str:
    with containers.of(service) as container:
        lines = container.logs(tail=_LAST_LINES).decode(errors="replace").splitlines()
        log = "".join(f"\n    {line}" for line in lines) or " nothing"
        return f"is {container.status} with exit code {container.attrs['State']['ExitCode']}, and its log says:{log}"
