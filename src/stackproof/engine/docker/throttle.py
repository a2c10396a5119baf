"""Bounds what a service writes to a disk: engines set such a bound for a new container alone, so a helper does it."""

from stackproof.engine.docker.containers import Containers
from stackproof.engine.docker.helpers import Helpers
from stackproof.engine.port import Place, Shares
from stackproof.model import EngineError

_WITHIN_S = 30.0


def throttle(containers: Containers, helpers: Helpers, service: str, disk: str, bytes_per_s: int) -> None:
    """Bound what a service writes to a disk while it runs; 0 takes the bound away.

    Raises:
        EngineError: The kernel or the engine cannot, or the compose file bounds its writes already.
    """
    with containers.at(service) as container:
        if container.attrs["HostConfig"]["BlkioDeviceWriteBps"]:
            raise EngineError(
                f"expected that nothing bounds the writes of {service!r}, but its compose file does",
                fix="take blkio_config: device_write_bps off the service",
            )
    command = ("python3", "/opt/stackproof/throttle.py", disk, str(bytes_per_s))
    helpers.run_in_groups(Place(service, shares=Shares.PROCESSES), command, _WITHIN_S)
