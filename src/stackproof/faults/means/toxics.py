"""What faults made of toxics share: putting them on a link and taking them off."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from stackproof.engine.port import Engine, Toxic
from stackproof.model import Evidence, Link


@dataclass(frozen=True, slots=True)
class ToxicFault(ABC):
    """A fault that is one or more toxics on a link.

    Attributes:
        link: The link.
    """

    link: Link

    @property
    @abstractmethod
    def toxics(self) -> tuple[Toxic, ...]:
        """The toxics that make it; their names depend on the kind alone, so that any process can take them off."""

    @abstractmethod
    def evidence(self, engine: Engine) -> Evidence:
        """See whether it bites."""

    def inject(self, engine: Engine) -> None:
        """Put the toxics on the link."""
        control = engine.link(self.link)
        for toxic in self.toxics:
            control.add(toxic)

    def heal(self, engine: Engine) -> None:
        """Take the toxics off the link."""
        control = engine.link(self.link)
        for toxic in self.toxics:
            control.remove(toxic.name)


def both_ways(kind: str, **attributes: int) -> tuple[Toxic, ...]:
    """The same toxic towards the service and towards the client."""
    return tuple(Toxic(f"{kind}_{stream}", kind, attributes, stream) for stream in ("upstream", "downstream"))


def towards_client(kind: str, **attributes: int) -> tuple[Toxic, ...]:
    """A toxic on what the service sends."""
    return (Toxic(f"{kind}_downstream", kind, attributes, "downstream"),)
