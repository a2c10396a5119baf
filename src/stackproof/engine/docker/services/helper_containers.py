"""Helper containers of ours in a namespace of a service's container: how faults reach what the engine has no call for.

They carry the run's labels, so that a sweep removes them with it.
"""

import logging
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.collecting import outlived, start_and_collect
from stackproof.engine.docker.containers import RunContainers
from stackproof.engine.docker.images.build import FAULTS, ensure_image
from stackproof.engine.docker.states import status_of
from stackproof.engine.port.addresses import Side
from stackproof.engine.port.helpers import Place, Shares
from stackproof.model import EngineError

if TYPE_CHECKING:
    from docker.models.containers import Container

_log = logging.getLogger(__name__)
_ROLES = {Side.SERVICE: labels.ROLE_SERVICE, Side.PROXY: labels.ROLE_PROXY}
_Mounts = dict[str, dict[str, str]]
_CONTROL_GROUPS: _Mounts = {"/sys/fs/cgroup": {"bind": "/groups", "mode": "rw"}}


class HelperContainers:
    """Starts and removes helper containers.

    Args:
        containers: The containers of the run.
    """

    def __init__(self, containers: RunContainers) -> None:
        self._containers = containers

    @cached_property
    def _image(self) -> str:
        return ensure_image(FAULTS, _log.debug)

    def run(self, place: Place, command: tuple[str, ...], timeout_s: float) -> str:
        """Run a command to its end, and return its output.

        Raises:
            EngineError: It failed, or did not end in time.
        """
        return self._run(place, command, timeout_s)

    def run_in_control_groups(self, place: Place, command: tuple[str, ...], timeout_s: float) -> str:
        """The same for a command that finds the machine's control groups under ``/groups``, and may change them.

        Raises:
            EngineError: It failed, or did not end in time.
        """
        return self._run(place, command, timeout_s, _CONTROL_GROUPS)

    def start(self, place: Place, name: str, command: tuple[str, ...]) -> None:
        """Start a helper that runs until it is removed; one of this name at this service is replaced.

        Raises:
            EngineError: It cannot be started.
        """
        self.remove(place.service, name)
        with engine_errors(f"starting the helper {name!r} at {place.service!r}"):
            self._create(place, name, list(command)).start()

    def remove(self, service: str, name: str) -> None:
        """Remove a helper. Does nothing where there is none of this name.

        Raises:
            EngineError: The engine does not answer.
        """
        with engine_errors(f"removing the helper {name!r} at {service!r}"):
            helper = self._containers.find(service, labels.ROLE_HELPER, name)
            if helper is not None:
                _remove(helper)

    def _run(self, place: Place, command: tuple[str, ...], timeout_s: float, mounts: _Mounts | None = None) -> str:
        description = f"{' '.join(command)!r} at {place.service!r}"
        with engine_errors(f"running a helper at {place.service!r}"):
            helper = self._create(place, "", outlived(command), mounts)
            try:
                collected = start_and_collect(str(helper.id), description, timeout_s)
            finally:
                _remove(helper)
        if collected.code != 0:
            raise EngineError(f"{description} ended with {collected.code}: {collected.text.strip()}")
        return collected.text

    def _create(self, place: Place, name: str, command: list[str], mounts: _Mounts | None = None) -> "Container":
        with self._containers.of(place.service, _ROLES[place.side]) as target:
            if not status_of(target.status).is_up and place.shares is not Shares.VOLUMES:
                raise EngineError(f"expected {place.service!r} to run, so that a helper can be placed at it; it ended")
            self._refuse_the_host(target, place)
            shared, volumes = f"container:{target.id}", [str(target.id)]
        manifest = self._containers.manifest
        return connect().containers.create(
            self._image,
            command,
            stdin_open=not name,  # a command that is outlived waits there
            init=place.shares is Shares.NETWORK,
            network_mode=shared if place.shares is Shares.NETWORK else "none",
            pid_mode=shared if place.shares is Shares.PROCESSES else None,
            volumes_from=volumes if place.shares is Shares.VOLUMES else None,
            cap_drop=["ALL"],
            cap_add=list(place.capabilities),
            security_opt=["no-new-privileges:true"],
            labels={
                labels.RUN: manifest.run,
                labels.FOLDER: str(manifest.folder),
                labels.SERVICE: place.service,
                labels.ROLE: labels.ROLE_HELPER,
                labels.HELPER: name or "once",
            },
            volumes=mounts,
            cgroupns="host" if mounts else None,
        )

    def _refuse_the_host(self, target: "Container", place: Place) -> None:
        """A helper at a container that has the machine's own network or processes would disturb the machine.

        A container may share those of another one, and so on.
        """
        mode = target.attrs["HostConfig"]["NetworkMode" if place.shares is Shares.NETWORK else "PidMode"]
        if mode == "host":
            raise EngineError(
                f"expected {place.service!r} to have its own {place.shares}, but it uses the ones of the machine",
                fix="aim at a service without `network_mode: host` and `pid: host`",
            )
        if mode.startswith("container:"):
            self._refuse_the_host(connect().containers.get(mode.removeprefix("container:")), place)


def _remove(helper: "Container") -> None:
    from docker.errors import NotFound  # noqa: PLC0415 - slow to import, needed late

    with suppress(NotFound):  # it was swept meanwhile
        helper.remove(force=True, v=True)
