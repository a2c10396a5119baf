"""What a fault can be told: names, units, bounds and defaults, and the reading of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Protocol

from stackproof.model import FaultError, FaultSpec

_LONGEST_NAME = 253
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*(?=[^.]*[A-Za-z_-]){_LABEL}")  # numbers alone at the end make an address
_SIGNED, _UNSIGNED = re.compile(r"[+-]?[0-9]+"), re.compile(r"[0-9]+")
_NEAR = tuple(map(IPv4Network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


class Parameter(Protocol):
    """One thing that a fault can be told."""

    @property
    def name(self) -> str:
        """Its name in ``name=value``, with the unit last."""

    @property
    def meaning(self) -> str:
        """What it does, in words."""

    @property
    def expected(self) -> str:
        """What is taken for it, in words."""

    @property
    def is_required(self) -> bool:
        """True where it has no default."""


@dataclass(frozen=True, slots=True)
class IntegerParameter:
    """A whole number.

    Attributes:
        name: Its name in ``name=value``, with the unit last.
        meaning: What it does, in words.
        unit: Its unit, in words; empty where it counts nothing.
        minimum: Smallest value.
        maximum: Largest value.
        default: Value where it is not given, or None where it must be.
        step: Values are multiples of it.
    """

    name: str
    meaning: str
    unit: str
    minimum: int
    maximum: int
    default: int | None = None
    step: int = 1

    @property
    def is_required(self) -> bool:
        """True where it has no default."""
        return self.default is None

    @property
    def expected(self) -> str:
        """What is taken for it, in words."""
        number = "a whole number" if self.step == 1 else f"a multiple of {self.step}"
        default = "" if self.default is None else f", {self.default} where it is not given"
        unit = f" of {self.unit}" if self.unit else ""
        return f"{number}{unit} from {self.minimum} to {self.maximum}{default}"

    def read(self, spec: FaultSpec) -> int:
        """Its value in a fault that is asked for.

        Raises:
            FaultError: It is missing, no number, or out of bounds.
        """
        text = spec.parameters.get(self.name)
        if text is None:
            return self._default(spec)
        written = _SIGNED if self.minimum < 0 else _UNSIGNED
        value = int(text) if written.fullmatch(text) else None
        if value is None or not self.minimum <= value <= self.maximum or value % self.step:
            raise FaultError(f"fault '{spec}': expected {self.name} to be {self.expected}, saw {text!r}")
        return value

    def _default(self, spec: FaultSpec) -> int:
        if self.default is None:
            raise FaultError(
                f"fault '{spec}': expected {self.name}, {self.expected}, it is not given",
                fix=f"add {self.name}={self.minimum} or more" if self.minimum >= 0 else f"add {self.name}=NUMBER",
            )
        return self.default


@dataclass(frozen=True, slots=True)
class ChoiceParameter:
    """One of a few words.

    Attributes:
        name: Its name in ``name=value``.
        meaning: What it does, in words.
        choices: The words that it takes; the first is taken where none is given.
    """

    name: str
    meaning: str
    choices: tuple[str, ...]

    @property
    def is_required(self) -> bool:
        """False: the first word is its default."""
        return False

    @property
    def expected(self) -> str:
        """What is taken for it, in words."""
        return f"{' or '.join(self.choices)}, {self.choices[0]} where it is not given"

    def read(self, spec: FaultSpec) -> str:
        """Its value in a fault that is asked for.

        Raises:
            FaultError: It is none of the words.
        """
        text = spec.parameters.get(self.name, self.choices[0])
        if text not in self.choices:
            raise FaultError(f"fault '{spec}': expected {self.name} to be {self.expected}, saw {text!r}")
        return text


@dataclass(frozen=True, slots=True)
class NameParameter:
    """A host name (RFC 1123, and underscores, which names of services have).

    Attributes:
        name: Its name in ``name=value``.
        meaning: What it does, in words.
    """

    name: str
    meaning: str

    @property
    def is_required(self) -> bool:
        """True: it has no default."""
        return True

    @property
    def expected(self) -> str:
        """What is taken for it, in words."""
        return "a host name without a dot at its end"

    def read(self, spec: FaultSpec) -> str:
        """Its value in a fault that is asked for.

        Raises:
            FaultError: It is missing or no host name.
        """
        text = _given(spec, self)
        if len(text) > _LONGEST_NAME or not _NAME.fullmatch(text):
            raise FaultError(f"fault '{spec}': expected {self.name} to be {self.expected}, saw {text!r}")
        return text


@dataclass(frozen=True, slots=True)
class AddressParameter:
    """An IPv4 address that is no one else's: of loopback, or of the private ranges (RFC 1918).

    Attributes:
        name: Its name in ``name=value``.
        meaning: What it does, in words.
    """

    name: str
    meaning: str

    @property
    def is_required(self) -> bool:
        """True: it has no default."""
        return True

    @property
    def expected(self) -> str:
        """What is taken for it, in words."""
        return f"an IPv4 address in {', '.join(map(str, _NEAR))}"

    def read(self, spec: FaultSpec) -> IPv4Address:
        """Its value in a fault that is asked for.

        Raises:
            FaultError: It is missing, no IPv4 address, or one that may be somebody else's.
        """
        text = _given(spec, self)
        try:
            address = IPv4Address(text)
        except AddressValueError:
            address = None
        if address is None or not any(address in network for network in _NEAR):
            raise FaultError(
                f"fault '{spec}': expected {self.name} to be {self.expected}, saw {text!r}",
                fix="take an address that leads no traffic out of the stack's own networks",
            )
        return address


def _given(spec: FaultSpec, parameter: Parameter) -> str:
    """The text of a parameter that has no default."""
    text = spec.parameters.get(parameter.name)
    if text is None:
        raise FaultError(
            f"fault '{spec}': expected {parameter.name}, {parameter.expected}, it is not given",
            fix=f"add {parameter.name}=...",
        )
    return text


def refuse_unknown(spec: FaultSpec, known: Iterable[Parameter]) -> None:
    """See that a fault is told nothing that it does not know.

    Raises:
        FaultError: It is; the message lists what it knows.
    """
    names = {parameter.name: parameter for parameter in known}
    for name in spec.parameters:
        if name not in names:
            listed = "; ".join(f"{each.name}: {each.expected}" for each in names.values()) or "none"
            raise FaultError(f"fault {spec.kind!r} has no parameter {name!r}; it has: {listed}")
