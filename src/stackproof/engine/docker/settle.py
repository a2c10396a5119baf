"""Waits until a service that was made anew is well, or is known not to be."""

import time

from stackproof.engine.docker.containers import Containers
from stackproof.model import EngineError

_POLL_S = 0.05
_STABLE_S = 0.5
_LAST_LINES = 5
_ENDED = frozenset({"exited", "dead"})


def settle(containers: Containers, service: str, within_s: float) -> None:
    """Wait until the engine says that a service is healthy or unhealthy, or where it does not check, that it stays up.

    An unhealthy one is for probes and judges to speak about: a fault may well be there to make it so.

    Raises:
        EngineError: It has ended, or nothing is known after this many seconds.
    """
    deadline = time.monotonic() + within_s
    began, since = "", time.monotonic()
    while time.monotonic() < deadline:
        with containers.at(service) as container:
            state = container.attrs["State"]
        if state["Status"] in _ENDED:
            break
        if state["StartedAt"] != began or state["Status"] != "running":
            began, since = state["StartedAt"], time.monotonic()
        health = (state.get("Health") or {}).get("Status", "")
        if health in {"healthy", "unhealthy"} or (not health and time.monotonic() - since > _STABLE_S):
            return
        time.sleep(_POLL_S)
    raise EngineError(
        f"expected {service!r}, made anew, to run and its health to be known within {within_s:g} s;"
        f" it {_end(containers, service)}"
    )


def _end(containers: Containers, service: str) -> str:
    with containers.at(service) as container:
        lines = container.logs(tail=_LAST_LINES).decode(errors="replace").splitlines()
        said = "".join(f"\n    {line}" for line in lines) or " nothing"
        return f"is {container.status} with exit code {container.attrs['State']['ExitCode']}, and says:{said}"
