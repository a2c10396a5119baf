"""Faults, as they are requested and as they are recorded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from stackproof.model.errors import FaultError

_ARROW = re.compile(r"<?->")
_PARAMETER = re.compile(r"(?P<name>[a-z][a-z0-9_]*)=(?P<value>\S+)")
_KIND_AND_TARGET = 2


class Family(StrEnum):
    """What a fault works on."""

    LINKS = "links"
    PACKETS = "packets"
    PROCESSES = "processes"
    RESOURCES = "resources"
    NAMES_AND_TIME = "names and time"


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """A requested fault.

    Attributes:
        kind: Name in the catalogue, such as ``latency``.
        target: A link (``network/service:port``), a service, a network or two services, depending on the kind.
        parameters: Values as written, by name; the kind checks them.
    """

    kind: str
    target: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.kind, self.target, *(f"{name}={value}" for name, value in self.parameters.items())])

    @property
    def aims(self) -> tuple[str, ...]:
        """The services that the target names, or the network; without the network and port of a link, or the path."""
        return tuple(end.partition(":")[0].rpartition("/")[2] for end in _ARROW.split(self.target))

    @classmethod
    def parse(cls, text: str) -> "FaultSpec":
        """Read ``KIND TARGET key=value ...``.

        Raises:
            FaultError: The text has another form.
        """
        words = text.split()
        if len(words) < _KIND_AND_TARGET:
            raise FaultError(f"expected a fault as 'KIND TARGET key=value ...', saw {text!r}")
        kind, target, *rest = words
        parameters: dict[str, str] = {}
        for word in rest:
            match = _PARAMETER.fullmatch(word)
            if match is None:
                raise FaultError(f"expected a fault parameter as key=value, saw {word!r} in {text!r}")
            parameters[match["name"]] = match["value"]
        return cls(kind, target, parameters)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An observation, not made by the injector, of whether a fault took effect.

    Attributes:
        confirmed: True if the observation shows that the fault took effect.
        observed: What was observed, in words, with units.
    """

    confirmed: bool
    observed: str

    @classmethod
    def unavailable(cls, why: str) -> "Evidence":
        """The evidence of a fault that cannot be observed.

        Args:
            why: The reason.
        """
        return cls(confirmed=False, observed=f"cannot be observed: {why}")
