"""Whether a service runs: awaiting its end, judging it, and making it run again."""

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.client_view import ClientView
from stackproof.faults.evidence.port_requests import described
from stackproof.machine.waiting import wait_until
from stackproof.model import ContainerState, EngineError, Evidence

_ENDED_WITHIN_S = 2.0


def has_ended(state: ContainerState) -> bool:
    """True if the engine reports that the container does not run."""
    return state.status.has_ended


def is_up(engine: RunningStack, service: str) -> bool:
    """True if the service has processes, frozen or not, and with them namespaces and limits of its own."""
    return engine.state(service).status.is_up


def wait_for_end(engine: RunningStack, service: str) -> ContainerState:
    """The state of a service once it has ended, or after 2 s if it has not."""
    return wait_until(lambda: engine.state(service), has_ended, within_s=_ENDED_WITHIN_S).seen


def ended_evidence(state: ContainerState, views: tuple[ClientView, ...]) -> Evidence:
    """Confirmed if the engine reports that the service has ended, and none of its ports answers."""
    code = "" if state.exit_code is None else f" with code {state.exit_code}"
    return Evidence(
        confirmed=has_ended(state) and not any(each.is_answered for each in views),
        observed=f"the engine reports {state.status}{code}; asked directly: {described(views)}",
    )


def kill_now(engine: RunningStack, service: str) -> None:
    """Send SIGKILL. It is no error if the service has just ended by itself.

    Raises:
        EngineError: It still runs.
    """
    try:
        engine.kill(service)
    except EngineError:
        if not has_ended(engine.state(service)):
            raise


def ensure_running(engine: RunningStack, service: str) -> None:
    """Make a frozen or ended service run again; nothing happens if it runs."""
    engine.unpause(service)  # an engine does not start a frozen container
    engine.start(service)
