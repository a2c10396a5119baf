"""What faults that end a service share: seeing that it ended, and bringing it back."""

import time

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.conversation import Conversation
from stackproof.model import ContainerState, EngineError, Evidence

_GONE_WITHIN_S = 2.0
_POLL_S = 0.05


def has_ended(state: ContainerState) -> bool:
    """True where the engine says that the container does not run."""
    return state.status.has_ended


def awaited_end(engine: RunningStack, service: str) -> ContainerState:
    """What the engine says of a service once it ended, or after a while where it does not."""
    deadline = time.monotonic() + _GONE_WITHIN_S
    while not has_ended(state := engine.state(service)) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    return state


def judged_ended(state: ContainerState, seen: tuple[Conversation, ...]) -> Evidence:
    """The engine must say that it ended, and no port of it may answer."""
    code = "" if state.exit_code is None else f" with code {state.exit_code}"
    return Evidence(
        confirmed=has_ended(state) and not any(each.is_answered for each in seen),
        observed=f"the engine says {state.status}{code}; asked directly: {'; '.join(map(str, seen)) or 'no port'}",
    )


def end_at_once(engine: RunningStack, service: str) -> None:
    """Send SIGKILL; a service that has just ended by itself is as good.

    Raises:
        EngineError: It runs on.
    """
    try:
        engine.kill(service)
    except EngineError:
        if not has_ended(engine.state(service)):
            raise


def bring_back(engine: RunningStack, service: str) -> None:
    """Make it run again, frozen or ended; nothing happens where it runs."""
    engine.unpause(service)  # an engine does not start what is frozen
    engine.start(service)
