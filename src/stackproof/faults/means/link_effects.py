"""What faults made of effects on a link share: putting them on it and taking them off."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from stackproof.engine.port import Direction, EffectKind, LinkEffect, RunningStack
from stackproof.model import Evidence, Link


@dataclass(frozen=True, slots=True)
class EffectFault(ABC):
    """A fault that is one or more effects on a link.

    Attributes:
        link: The link.
    """

    link: Link

    @property
    @abstractmethod
    def effects(self) -> tuple[LinkEffect, ...]:
        """The effects that make it. Their names depend on the kind alone, so that any process can take them off."""

    @abstractmethod
    def evidence(self, engine: RunningStack) -> Evidence:
        """Observe whether it took effect."""

    def inject(self, engine: RunningStack) -> None:
        """Put the effects on the link."""
        control = engine.link(self.link)
        for effect in self.effects:
            control.add(effect)

    def heal(self, engine: RunningStack) -> None:
        """Take the effects off the link."""
        control = engine.link(self.link)
        for effect in self.effects:
            control.remove(effect.name)


def both_ways(name: str, kind: EffectKind) -> tuple[LinkEffect, ...]:
    """The same effect on what clients send and on what the service sends."""
    return tuple(_effect(name, kind, direction) for direction in (Direction.TO_SERVICE, Direction.TO_CLIENT))


def towards_client(name: str, kind: EffectKind) -> tuple[LinkEffect, ...]:
    """An effect on what the service sends."""
    return (_effect(name, kind, Direction.TO_CLIENT),)


def _effect(name: str, kind: EffectKind, direction: Direction) -> LinkEffect:
    return LinkEffect(f"{name}_{direction}", kind, direction)
