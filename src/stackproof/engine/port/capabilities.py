"""What an engine may lack, and the error of a fault that needs it."""

from enum import StrEnum
from typing import Protocol

from stackproof.model.errors import FaultError


class Capability(StrEnum):
    """A part of a role that an engine has or lacks; the value completes "needs"."""

    LINKS = "links that can be disturbed and cut"
    FREEZING = "services that can be frozen"
    RESTART_CONTROL = "restarts that can be suspended"
    HELPERS = "helpers in a service's namespaces"
    LIMIT_CHANGES = "limits that can be changed while a service runs"
    WRITE_LIMITS = "limits on what a service writes to a disk"
    ALTERATIONS = "services that can be recreated with something different"
    NAME_REDIRECTION = "look-ups that can be led to another name server"
    NETWORK_EMULATION = "the network emulator (sch_netem)"
    DIRECT_ADDRESSES = "addresses of services that this machine reaches"


class Capable(Protocol):
    """Something that may lack capabilities: an engine, or a stack that runs on it."""

    def lacks(self, capability: Capability) -> str | None:
        """Why the capability is missing, as a clause such as "the kernel does not have it"; None where it is there.

        Raises:
            EngineError: The engine does not answer.
        """


class MissingCapabilityError(FaultError):
    """A fault needs something that the engine lacks. What would have been tried is exempt, for this reason.

    Args:
        needing: What needs it, to begin the message: ``fault 'delay'``.
        capability: What is missing.
        reason: Why, as ``Capable.lacks`` gives it.
        fix: What to do next, if it is known.
    """

    def __init__(self, needing: str, capability: Capability, reason: str, *, fix: str | None = None) -> None:
        super().__init__(f"{needing} needs {capability}, but {reason}", fix=fix)
        self.capability = capability
        self.reason = reason
