"""Helper containers of ours in a namespace of a service's container: how faults reach what the engine has no call for.

They carry the run's labels, so that whatever becomes of us they are swept with it.
"""

import logging
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from stackproof.engine.docker import labels
from stackproof.engine.docker.client import connect, engine_errors
from stackproof.engine.docker.containers import Containers
from stackproof.engine.docker.images.build import FAULTS, ensure_image
from stackproof.engine.docker.output import hear, outlived
from stackproof.engine.port import Place, Shares, Side
from stackproof.model import EngineError

if TYPE_CHECKING:
    from docker.models.containers import Container

_log = logging.getLogger(__name__)
_ROLES = {Side.SERVICE: labels.ROLE_SERVICE, Side.PROXY: labels.ROLE_PROXY}
_Mounts = dict[str, dict[str, str]]
_GROUPS: _Mounts = {"/sys/fs/cgroup": {"bind": "/groups", "mode": "rw"}}


class Helpers:
    """Starts and removes helper containers.

    Args:
        containers: Those of the run.
    """

    def __init__(self, containers: Containers) -> None:
        self._containers = containers

    @cached_property
    def _image(self) -> str:
        return ensure_image(FAULTS, _log.debug)

    def run(self, place: Place, command: tuple[str, ...], timeout_s: float) -> str:
        """Run a command to its end, and give back its output.

        Raises:
            EngineError: It failed, or did not end in time.
        """
        return self._heard(place, command, timeout_s)

    def run_in_groups(self, place: Place, command: tuple[str, ...], timeout_s: float) -> str:
        """Run a command to its end where it sees, and may change, the machine's control groups under GROUPS.

        Raises:
            EngineError: It failed, or did not end in time.
        """
        return self._heard(place, command, timeout_s, _GROUPS)

    def keep(self, place: Place, name: str, command: tuple[str, ...]) -> None:
        """Start a helper that runs until it is dropped.

        Raises:
            EngineError: It cannot be started, or has ended at once.
        """
        self.drop(place.service, name)
        with engine_errors(f"starting the helper {name!r} beside {place.service!r}"):
            self._create(place, name, list(command)).start()

    def drop(self, service: str, name: str) -> None:
        """Remove a helper; nothing happens where there is none."""
        with engine_errors(f"removing the helper {name!r} beside {service!r}"):
            helper = self._containers.find(service, labels.ROLE_HELPER, name)
            if helper is not None:
                _remove(helper)

    def _heard(self, place: Place, command: tuple[str, ...], timeout_s: float, groups: _Mounts | None = None) -> str:
        named = f"{' '.join(command)!r} beside {place.service!r}"
        with engine_errors(f"running a helper beside {place.service!r}"):
            helper = self._create(place, "", outlived(command), groups)
            try:
                heard = hear(str(helper.id), named, timeout_s)
            finally:
                _remove(helper)
        if heard.code != 0:
            raise EngineError(f"{named} ended with {heard.code}: {heard.text.strip()}")
        return heard.text

    def _create(self, place: Place, name: str, command: list[str], groups: _Mounts | None = None) -> "Container":
        with self._containers.at(place.service, _ROLES[place.side]) as target:
            if target.status not in {"running", "paused"} and place.shares is not Shares.VOLUMES:
                raise EngineError(
                    f"expected {place.service!r} to run, so that a helper can be put beside it; it has ended"
                )
            self._refuse_the_host(target, place)
            shared, volumes = f"container:{target.id}", [str(target.id)]
        standing = self._containers.standing
        return connect().containers.create(
            self._image,
            command,
            stdin_open=not name,  # one that is heard waits there
            init=place.shares is Shares.NETWORK,
            network_mode=shared if place.shares is Shares.NETWORK else "none",
            pid_mode=shared if place.shares is Shares.PROCESSES else None,
            volumes_from=volumes if place.shares is Shares.VOLUMES else None,
            cap_drop=["ALL"],
            cap_add=list(place.capabilities),
            security_opt=["no-new-privileges:true"],
            labels={
                labels.RUN: standing.run,
                labels.FOLDER: str(standing.folder),
                labels.SERVICE: place.service,
                labels.ROLE: labels.ROLE_HELPER,
                labels.HELPER: name or "once",
            },
            volumes=groups,
            cgroupns="host" if groups else None,
        )

    def _refuse_the_host(self, target: "Container", place: Place) -> None:
        """Beside a container that has the machine's own network or processes, a helper would meddle with the machine.

        A container may share those of another one, and so on.
        """
        mode = target.attrs["HostConfig"]["NetworkMode" if place.shares is Shares.NETWORK else "PidMode"]
        if mode == "host":
            raise EngineError(
                f"expected {place.service!r} to have {place.shares} of its own, it has those of the machine itself",
                fix="aim at a service without `network_mode: host` and `pid: host`",
            )
        if mode.startswith("container:"):
            self._refuse_the_host(connect().containers.get(mode.removeprefix("container:")), place)


def _remove(helper: "Container") -> None:
    from docker.errors import NotFound  # noqa: PLC0415 - slow to import, needed late

    with suppress(NotFound):  # it was swept meanwhile
        helper.remove(force=True, v=True)
