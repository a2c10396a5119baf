"""Freezes containers, also where the kernel has to be asked more than once."""

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docker.models.containers import Container

_TRIES = 10
_APART_S = 0.1
_UNABLE = "unable to freeze"


def pause_surely(container: "Container") -> None:
    """Freeze a container.

    A process that forks while the freezer walks through a container's processes can escape it: on busy machines with
    cgroup v1, runc tries for a while and then gives up ("unable to freeze"). Nothing is frozen then, so it can be
    asked again. See https://docs.kernel.org/admin-guide/cgroup-v1/freezer-subsystem.html.

    Raises:
        docker.errors.APIError: The engine refuses it, or the kernel never managed.
    """
    from docker.errors import APIError  # noqa: PLC0415 - slow to import, needed late

    for remaining in reversed(range(_TRIES)):
        try:
            container.pause()
        except APIError as error:
            if _UNABLE not in str(error) or not remaining:
                raise
            time.sleep(_APART_S)
        else:
            return
