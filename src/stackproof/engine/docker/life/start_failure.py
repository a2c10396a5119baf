"""Explains why a stack did not come up: which service failed, what it printed last, and what to do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.compose.layout import upstream_name
from stackproof.engine.docker.life.manifest import RunManifest
from stackproof.engine.docker.states import inspected_health, status_of
from stackproof.model import ContainerStatus, EngineError, Health

if TYPE_CHECKING:
    from docker.models.containers import Container

_LOG_LINES = 10
_CHECK_CHARACTERS = 300
_UPSTREAM = upstream_name("")  # how the name of a service behind a proxy ends
_PROGRESS = ("Container", "Network", "Volume")
_NO_IMAGE = re.compile(r"^\W*(?P<service>\S+) Error\s+(?P<reason>\S.*)$", re.MULTILINE)
_PORT_TAKEN = re.compile(
    r"(?:Bind for |listen tcp\d? )(?P<address>\S+:(?P<port>\d+))\S* .*(?:already allocated|already in use)"
)


@dataclass(frozen=True, slots=True)
class _FailedService:
    """A service that did not come up.

    Attributes:
        service: Its name.
        state: Its state, to complete "service NAME ...".
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


def start_failure(output: str, manifest: RunManifest) -> EngineError:
    """The error that explains why a stack did not come up.

    Args:
        output: What Compose printed on its standard error.
        manifest: The run, of which some containers may run.
    """
    return (
        _port_taken(output, manifest)
        or _no_image(output, manifest)
        or _failed_services(manifest)
        or _other(output, manifest)
    )


def _port_taken(output: str, manifest: RunManifest) -> EngineError | None:
    match = _PORT_TAKEN.search(output)
    if match is None:
        return None
    port = int(match["port"])
    wanting = [
        service.name
        for service in manifest.stack.services
        if port in {published.host_port for published in service.published}
    ]
    whose = f", which {wanting[0]!r} declares," if wanting else ""
    return EngineError(
        f"expected host port {match['address']}{whose} to be free, but something listens on it",
        where=str(manifest.stack.file),
        fix="free the port, give the variable that declares it another value, or leave the ports to stackproof",
    )


def _no_image(output: str, manifest: RunManifest) -> EngineError | None:
    match = _NO_IMAGE.search(output)
    if match is None:
        return None
    service = match["service"].removesuffix(_UPSTREAM)
    return EngineError(
        f"expected an image for service {service!r}, but it could not be pulled: {match['reason']}",
        where=str(manifest.stack.file),
        fix="name an image that this machine has or can pull, or give the service a `build` section",
    )


def _failed_services(manifest: RunManifest) -> EngineError | None:
    with engine_errors("looking for what kept the stack from coming up"):
        failed = tuple(_find_failed(manifest.run))
    if not failed:
        return None
    listed = "\n".join(str(each) for each in failed)
    return EngineError(
        f"expected every service to come up and be healthy, but {listed}",
        where=str(manifest.stack.file),
        fix=f"fix {failed[0].service!r}; to try by hand: docker compose -f {manifest.folder / 'compose.yaml'} up",
    )


def _other(output: str, manifest: RunManifest) -> EngineError:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    relevant = [line for line in lines if not line.startswith(_PROGRESS)]
    return EngineError(
        f"expected Compose to start the stack, but it said: {(relevant or lines or ['nothing'])[-1]}",
        where=str(manifest.folder / "compose.yaml"),
        fix="try by hand: docker compose -f FILE up, with the file named here",
    )


def _find_failed(run: str) -> Iterator[_FailedService]:
    """The services that failed; where none did, those that were not healthy in time, or ended."""
    ours = f"{labels.RUN}={run}"
    containers = connect().containers.list(all=True, filters={"label": ours}, ignore_removed=True)
    failed = [container for container in containers if _has_failed(container)]
    for container in failed or [container for container in containers if _is_late(container)]:
        yield _failed_service(container)


def _has_failed(container: "Container") -> bool:
    state = container.attrs["State"]
    return bool(state["Error"]) or state["ExitCode"] != 0 or inspected_health(state) is Health.UNHEALTHY


def _is_late(container: "Container") -> bool:
    is_starting = inspected_health(container.attrs["State"]) is Health.STARTING
    return status_of(container.status) is ContainerStatus.EXITED or is_starting


def _failed_service(container: "Container") -> _FailedService:
    was_started = status_of(container.status) is not ContainerStatus.CREATED
    log = container.logs(tail=_LOG_LINES) if was_started else b""
    return _FailedService(
        service=container.labels[labels.SERVICE],
        state=_description(container),
        check=_check_output(container),
        log=log.decode(errors="replace"),
    )


def _description(container: "Container") -> str:
    state = container.attrs["State"]
    if state["Error"]:
        return f"could not be started: {state['Error']}"
    if status_of(container.status) is ContainerStatus.EXITED:
        return f"ended with exit code {state['ExitCode']}"
    return f"is {inspected_health(state) or container.status}"


def _check_output(container: "Container") -> str:
    checks = (container.attrs["State"].get("Health") or {}).get("Log") or []
    return " ".join(checks[-1]["Output"].split())[:_CHECK_CHARACTERS] if checks else ""
