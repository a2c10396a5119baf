"""Small disks for volumes that declare a capacity: file systems in files, which a container of the run holds.

Reasons: docs/architecture/decisions/0010-a-volume-with-a-capacity-is-a-disk-of-its-own.md
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.compose.layout import project_name
from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.docker.images.build import FAULTS, ensure_image
from stackproof.engine.docker.states import status_of
from stackproof.machine.commands import Progress
from stackproof.machine.waiting import wait_until
from stackproof.model import EngineError

if TYPE_CHECKING:
    from docker.models.containers import Container

FILE_SYSTEM = "ext4"
"""What such a disk is mounted as."""

_FOLDER = "/disks"
_WITHIN_S = 30.0
_FIX = "remove `x-stackproof: capacity` from the volumes, or use an engine that runs as root on Linux"


def attach_disks(run: str, folder: Path, compose: ComposeFile, report: Progress) -> dict[str, str]:
    """Make a disk for each volume that has a capacity.

    Args:
        run: The run's id.
        folder: The run's folder.
        compose: The resolved compose file.
        report: Takes the lines of the helper image's build, where it is missing.

    Returns:
        Block devices by the volume's name, as the engine's own machine calls them.

    Raises:
        EngineError: The engine has no loop devices for us, or too little room.
    """
    capacities = compose.capacities
    if not capacities:
        return {}
    marks = {labels.RUN: run, labels.FOLDER: str(folder)}
    with engine_errors("making disks for volumes that have a capacity"):
        client = connect()
        files = client.volumes.create(f"{project_name(compose, run)}_stackproof-disks", labels=marks)
        keeper = client.containers.run(
            ensure_image(FAULTS, report),
            ["python3", "/opt/stackproof/disks.py", _FOLDER, *(f"{name}={size}" for name, size in capacities.items())],
            detach=True,
            network_mode="none",
            volumes={files.name: {"bind": _FOLDER, "mode": "rw"}},
            cap_drop=["ALL"],
            cap_add=["MKNOD"],
            device_cgroup_rules=["b 7:* rw", "c 10:237 rw"],
            security_opt=["no-new-privileges:true"],
            labels={**marks, labels.SERVICE: "", labels.ROLE: labels.ROLE_HELPER, labels.HELPER: "disks"},
        )
        return _devices(keeper)


def _devices(keeper: "Container") -> dict[str, str]:
    """The devices that the container prints once it has attached them all."""

    def output() -> str:
        keeper.reload()
        return keeper.logs().decode(errors="replace")

    def is_final(text: str) -> bool:
        return _is_whole(text) or status_of(keeper.status).has_ended

    text = wait_until(output, is_final, within_s=_WITHIN_S).seen
    if not _is_whole(text):
        raise EngineError(f"expected disks for the volumes that have a capacity, but: {text.strip()}", fix=_FIX)
    return {str(name): str(device) for name, device in json.loads(text).items()}


def _is_whole(text: str) -> bool:
    return text.startswith("{") and text.endswith("\n")
