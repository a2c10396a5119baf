"""What the engine, its kernel or its machine lacks."""

import logging
from functools import cache

from stackproof.engine.docker.access import engine_access
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.compose.layout import Access
from stackproof.engine.docker.images.build import FAULTS, ensure_image
from stackproof.engine.port.capabilities import Capability

NOT_NEAR = "the engine's networks are not this machine's own"
"""Why this machine does not reach the addresses of services."""

_log = logging.getLogger(__name__)
_EMULATE = ["tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "0ms"]


def why_lacking(capability: Capability) -> str | None:
    """Why a capability is missing here, as a clause; None where it is there.

    Raises:
        EngineError: The engine does not answer.
    """
    match capability:
        case Capability.DIRECT_ADDRESSES if engine_access() is Access.LOOPBACK:
            return NOT_NEAR
        case Capability.NETWORK_EMULATION if not _emulates_networks():
            return "the engine's kernel does not have it"
        case _:
            return None


@cache
def _emulates_networks() -> bool:
    """Whether the kernel takes an emulator, in a network of its own that ends with the container."""
    from docker.errors import ContainerError  # noqa: PLC0415 - slow to import, needed late

    image = ensure_image(FAULTS, _log.debug)
    with engine_errors("trying the network emulator"):
        try:
            connect().containers.run(
                image, _EMULATE, remove=True, network_mode="none", cap_drop=["ALL"], cap_add=["NET_ADMIN"]
            )
        except ContainerError:
            return False
        return True
