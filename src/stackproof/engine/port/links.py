"""Role *links*: effects on the traffic of a link, and cutting it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from stackproof.model.stack import Link


class Direction(StrEnum):
    """Which traffic of a link an effect applies to."""

    TO_CLIENT = "to_client"
    """What the service sends."""
    TO_SERVICE = "to_service"
    """What its clients send."""


@dataclass(frozen=True, slots=True)
class LatencyEffect:
    """Data arrives late.

    Attributes:
        latency_ms: Delay, in milliseconds.
        jitter_ms: How far the delay varies both ways, in milliseconds.
    """

    latency_ms: int
    jitter_ms: int = 0


@dataclass(frozen=True, slots=True)
class BandwidthEffect:
    """Data passes at a bounded rate.

    Attributes:
        rate_kbytes_per_s: Kilobytes (1000 bytes) a second.
    """

    rate_kbytes_per_s: int


@dataclass(frozen=True, slots=True)
class SlowCloseEffect:
    """The end of a connection arrives late.

    Attributes:
        delay_ms: How late, in milliseconds.
    """

    delay_ms: int


@dataclass(frozen=True, slots=True)
class TimeoutEffect:
    """Data is dropped, and a connection that stays silent is closed.

    Attributes:
        timeout_ms: How long until it is closed, in milliseconds; 0 for never.
    """

    timeout_ms: int


@dataclass(frozen=True, slots=True)
class SlicingEffect:
    """Data arrives in small pieces with pauses between them.

    Attributes:
        average_bytes: Average size of a piece, in bytes.
        variation_bytes: How far the size varies both ways, in bytes.
        delay_us: Pause after a piece, in microseconds.
    """

    average_bytes: int
    variation_bytes: int
    delay_us: int


@dataclass(frozen=True, slots=True)
class DataLimitEffect:
    """A connection is closed once it has carried so much.

    Attributes:
        limit_bytes: How much, in bytes.
    """

    limit_bytes: int


@dataclass(frozen=True, slots=True)
class ResetEffect:
    """A connection is reset after its first byte.

    Attributes:
        delay_ms: Between the first byte and the reset, in milliseconds.
    """

    delay_ms: int


@dataclass(frozen=True, slots=True)
class ForeignEffect:
    """An effect that somebody else put on a link, and that we have no type for. It can be removed, not added.

    Attributes:
        description: What it is, in the words of whatever carries the link.
    """

    description: str


EffectKind = (
    LatencyEffect
    | BandwidthEffect
    | SlowCloseEffect
    | TimeoutEffect
    | SlicingEffect
    | DataLimitEffect
    | ResetEffect
    | ForeignEffect
)
"""What can be done to the traffic of a link."""


@dataclass(frozen=True, slots=True)
class LinkEffect:
    """One effect on one direction of a link.

    Attributes:
        name: Unique on its link.
        kind: What is done.
        direction: Which traffic it is done to.
    """

    name: str
    kind: EffectKind
    direction: Direction = Direction.TO_CLIENT

    def __str__(self) -> str:
        if isinstance(self.kind, ForeignEffect):
            return self.kind.description
        values = (f"{name}={getattr(self.kind, name)}" for name in self.kind.__dataclass_fields__)
        return " ".join((self.name, *values))


class LinkControl(Protocol):
    """Control of one link. Its state is kept with the link: every process that controls it sees the same.

    Every call raises EngineError where what carries the link does not answer, or refuses the call for good.
    """

    def add(self, effect: LinkEffect) -> None:
        """Put an effect on the link. One of the same name is replaced."""

    def remove(self, name: str) -> None:
        """Take an effect off the link. Does nothing where there is none of this name."""

    def effects(self) -> tuple[LinkEffect, ...]:
        """Every effect on the link now, whatever process added it."""

    def cut(self) -> None:
        """Stop listening, and drop every open connection. Its effects stay. Does nothing where it is cut."""

    def restore(self) -> None:
        """Listen again. Does nothing where it listens."""

    def is_cut(self) -> bool:
        """True where the link does not listen."""


class Links(Protocol):
    """The links of a running stack."""

    def link(self, link: Link) -> LinkControl:
        """Control of one link.

        Raises:
            FaultError: The service is not interposed, or has no such link.
            EngineError: What carries the link does not answer.
        """

    def kill_proxy(self, service: str) -> None:
        """Kill what carries a service's links, as an accident would. The next change of one of them brings it back.

        Raises:
            EngineError: The service is not interposed, or the proxy does not run.
        """
