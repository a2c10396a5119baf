"""Tells why a stack did not come up: which service kept it, what that one said last, and what to do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackproof.engine.docker import labels
from stackproof.engine.docker.client import connect, engine_errors
from stackproof.engine.docker.compose.ground import upstream_name
from stackproof.engine.docker.standing import Standing
from stackproof.model import EngineError

if TYPE_CHECKING:
    from docker.models.containers import Container

_LOG_LINES = 10
_CHECK_CHARACTERS = 300
_BEHIND = upstream_name("")  # how the name of a service behind a proxy ends
_PROGRESS = ("Container", "Network", "Volume")
_NO_IMAGE = re.compile(r"^\W*(?P<service>\S+) Error\s+(?P<reason>\S.*)$", re.MULTILINE)
_PORT_TAKEN = re.compile(
    r"(?:Bind for |listen tcp\d? )(?P<address>\S+:(?P<port>\d+))\S* .*(?:already allocated|already in use)"
)


@dataclass(frozen=True, slots=True)
class _Unwell:
    """A service that did not come up.

    Attributes:
        service: Its name.
        state: What the engine says of it, in words.
        check: What its health check printed last.
        log: Its last log lines.
    """

    service: str
    state: str
    check: str
    log: str

    def __str__(self) -> str:
        lines = [f"service {self.service!r} {self.state}"]
        lines += [f"  its health check said: {self.check}"] if self.check else []
        lines += ["  its last log lines:", *(f"    {line}" for line in self.log.splitlines())] if self.log else []
        return "\n".join(lines)


def start_failure(said: str, standing: Standing) -> EngineError:
    """The one message on a stack that did not come up.

    Args:
        said: All that Compose printed on its standard error.
        standing: The run, of which as much stands as was started.
    """
    return _port_taken(said, standing) or _no_image(said, standing) or _unwell(standing) or _other(said, standing)


def _port_taken(said: str, standing: Standing) -> EngineError | None:
    match = _PORT_TAKEN.search(said)
    if match is None:
        return None
    port = int(match["port"])
    wanting = [
        service.name
        for service in standing.stack.services
        if port in {published.host_port for published in service.published}
    ]
    whose = f", which {wanting[0]!r} declares," if wanting else ""
    return EngineError(
        f"expected host port {match['address']}{whose} to be free, but something listens on it",
        where=str(standing.stack.file),
        fix="free the port, give the variable that declares it another value, or leave the ports to stackproof",
    )


def _no_image(said: str, standing: Standing) -> EngineError | None:
    match = _NO_IMAGE.search(said)
    if match is None:
        return None
    service = match["service"].removesuffix(_BEHIND)
    return EngineError(
        f"expected an image for service {service!r}, but it could not be pulled: {match['reason']}",
        where=str(standing.stack.file),
        fix="name an image that this machine has or can pull, or give the service a `build` section",
    )


def _unwell(standing: Standing) -> EngineError | None:
    with engine_errors("looking for what kept the stack from coming up"):
        unwell = tuple(_find_unwell(standing.run))
    if not unwell:
        return None
    listed = "\n".join(str(each) for each in unwell)
    return EngineError(
        f"expected every service to come up and be healthy, but {listed}",
        where=str(standing.stack.file),
        fix=f"mend {unwell[0].service!r}; to try by hand: docker compose -f {standing.folder / 'compose.yaml'} up",
    )


def _other(said: str, standing: Standing) -> EngineError:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(_PROGRESS)]
    return EngineError(
        f"expected Compose to start the stack, but it said: {(telling or lines or ['nothing'])[-1]}",
        where=str(standing.folder / "compose.yaml"),
        fix="try by hand: docker compose -f FILE up, with the file named here",
    )


def _find_unwell(run: str) -> Iterator[_Unwell]:
    """Those that failed; where none did, those that did not come to be healthy in time, or ended."""
    ours = f"{labels.RUN}={run}"
    containers = connect().containers.list(all=True, filters={"label": ours}, ignore_removed=True)
    failed = [container for container in containers if _has_failed(container)]
    for container in failed or [container for container in containers if _is_late(container)]:
        yield _told(container)


def _has_failed(container: "Container") -> bool:
    state = container.attrs["State"]
    return bool(state["Error"]) or state["ExitCode"] != 0 or _health(container) == "unhealthy"


def _is_late(container: "Container") -> bool:
    return container.status == "exited" or _health(container) == "starting"


def _told(container: "Container") -> _Unwell:
    log = container.logs(tail=_LOG_LINES) if container.status != "created" else b""
    return _Unwell(
        service=container.labels[labels.SERVICE],
        state=_in_words(container),
        check=_check_said(container),
        log=log.decode(errors="replace"),
    )


def _in_words(container: "Container") -> str:
    state = container.attrs["State"]
    if state["Error"]:
        return f"could not be started: {state['Error']}"
    if container.status == "exited":
        return f"ended with exit code {state['ExitCode']}"
    return f"is {_health(container) or container.status}"


def _health(container: "Container") -> str:
    return str((container.attrs["State"].get("Health") or {}).get("Status", ""))


def _check_said(container: "Container") -> str:
    checks = (container.attrs["State"].get("Health") or {}).get("Log") or []
    return " ".join(checks[-1]["Output"].split())[:_CHECK_CHARACTERS] if checks else ""
