"""Containers, networks and volumes for tests of what removes them.

``python labelled.py RUN FOLDER`` creates some of each, starts a sentinel, prints ``ready``, and waits to be killed.
"""

import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import docker

from stackproof.engine.docker import labels
from stackproof.engine.docker.life.sentinel import Sentinel

if TYPE_CHECKING:
    from docker.models.containers import Container
    from docker.models.networks import Network
    from docker.models.volumes import Volume

IMAGE = "debian:trixie-slim"
_FOREVER = ("sleep", "infinity")


class Workshop:
    """Creates objects that carry a run's label, or none where the run is None."""

    def __init__(self, run: str | None, folder: Path) -> None:
        self.run = run
        self._client = docker.from_env()
        self._labels = {} if run is None else {labels.RUN: run, labels.FOLDER: str(folder)}

    def container(self, network: "Network | None" = None, command: Sequence[str] = _FOREVER) -> "Container":
        """A running container."""
        made = self.created(network, command)
        made.start()
        return made

    def created(self, network: "Network | None" = None, command: Sequence[str] = _FOREVER) -> "Container":
        """A container that was not started."""
        return self._client.containers.create(
            IMAGE, list(command), labels=self._labels, network=network.name if network else "none", init=True
        )

    def network(self, name: str) -> "Network":
        """A network."""
        return self._client.networks.create(name, labels=self._labels, internal=True)

    def volume(self) -> "Volume":
        """A volume."""
        return self._client.volumes.create(labels=self._labels)

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()


def _wait_to_be_killed(run: str, folder: Path) -> None:
    workshop = Workshop(run, folder)
    Sentinel(run, folder).start()
    network = workshop.network(f"{run}-net")
    workshop.container(network).pause()
    workshop.container(network)
    workshop.volume()
    print("ready", flush=True)  # noqa: T201 - what the test waits for
    threading.Event().wait()


if __name__ == "__main__":
    _wait_to_be_killed(sys.argv[1], Path(sys.argv[2]))
