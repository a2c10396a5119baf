"""Limits what a service writes to a disk. Engines set such a limit for a new container only, so a helper sets it."""

from stackproof.engine.docker.containers import RunContainers
from stackproof.engine.docker.services.helper_containers import HelperContainers
from stackproof.engine.port.helpers import Place, Shares
from stackproof.model import EngineError

_WITHIN_S = 30.0


def throttle(containers: RunContainers, helpers: HelperContainers, service: str, disk: str, bytes_per_s: int) -> None:
    """Limit what a service writes to a disk while it runs; 0 removes the limit.

    Raises:
        EngineError: The kernel or the engine cannot do it, or the compose file limits its writes already.
    """
    with containers.of(service) as container:
        if container.attrs["HostConfig"]["BlkioDeviceWriteBps"]:
            raise EngineError(
                f"expected that nothing limits the writes of {service!r}, but its compose file does",
                fix="remove blkio_config: device_write_bps from the service",
            )
    command = ("python3", "/opt/stackproof/throttle.py", disk, str(bytes_per_s))
    helpers.run_in_control_groups(Place(service, shares=Shares.PROCESSES), command, _WITHIN_S)
