"""Finds out whether the engine's networks are this machine's own."""

import sys

from stackproof.engine.client import connect, engine_errors
from stackproof.engine.ground import Reach

_ELSEWHERE = "Docker Desktop"
_ROOTLESS = "rootless"


def reach_of_engine() -> Reach:
    """How the harness gets to addresses on this engine's networks.

    Raises:
        EngineError: The engine does not answer.
    """
    client = connect()
    if sys.platform != "linux" or not client.api.base_url.startswith("http+docker://"):
        return Reach.LOOPBACK
    with engine_errors("asking what it is"):
        about = client.info()
    elsewhere = _ELSEWHERE in str(about.get("OperatingSystem")) or _ROOTLESS in str(about.get("SecurityOptions"))
    return Reach.LOOPBACK if elsewhere else Reach.BRIDGE
