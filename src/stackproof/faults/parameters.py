"""The parameters of faults: names, units, bounds and defaults, and how their values are read."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Generic, Protocol, TypeVar

from stackproof.model import FaultError, FaultSpec

_LONGEST_NAME = 253
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*(?=[^.]*[A-Za-z_-]){_LABEL}")  # a last label of digits alone makes an address
_SIGNED, _UNSIGNED = re.compile(r"[+-]?[0-9]+"), re.compile(r"[0-9]+")
_ALLOWED_NETWORKS = tuple(map(IPv4Network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))

_Value = TypeVar("_Value")


class Parameter(Protocol):
    """A parameter of a fault."""

    @property
    def name(self) -> str:
        """Its name in ``name=value``, with the unit last."""

    @property
    def meaning(self) -> str:
        """What it sets."""

    @property
    def expected(self) -> str:
        """The values that it takes, for messages and pages."""

    @property
    def is_required(self) -> bool:
        """True if it has no default."""


@dataclass(frozen=True, slots=True)
class IntegerParameter:
    """A whole number.

    Attributes:
        name: Its name in ``name=value``, with the unit last.
        meaning: What it sets.
        unit: Its unit; empty for a plain number.
        minimum: Smallest value.
        maximum: Largest value.
        default: Value if none is given; None makes it required.
        step: Values must be multiples of it.
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
        """True if it has no default."""
        return self.default is None

    @property
    def expected(self) -> str:
        """The values that it takes."""
        number = "a whole number" if self.step == 1 else f"a multiple of {self.step}"
        default = "" if self.default is None else f" (default {self.default})"
        unit = f" of {self.unit}" if self.unit else ""
        return f"{number}{unit} from {self.minimum} to {self.maximum}{default}"

    def read(self, spec: FaultSpec) -> int:
        """Its value in a requested fault.

        Raises:
            FaultError: It is missing, not a number, or out of bounds.
        """
        text = spec.parameters.get(self.name)
        if text is None:
            return self._default(spec)
        written = _SIGNED if self.minimum < 0 else _UNSIGNED
        value = int(text) if written.fullmatch(text) else None
        if value is None or not self.minimum <= value <= self.maximum or value % self.step:
            raise _wrong(spec, self, text)
        return value

    def _default(self, spec: FaultSpec) -> int:
        if self.default is None:
            raise _missing(spec, self, f"{self.minimum} or more" if self.minimum >= 0 else "NUMBER")
        return self.default


@dataclass(frozen=True, slots=True)
class ChoiceParameter:
    """One of a few words.

    Attributes:
        name: Its name in ``name=value``.
        meaning: What it sets.
        choices: The words that it takes; the first one is the default.
    """

    name: str
    meaning: str
    choices: tuple[str, ...]

    @property
    def is_required(self) -> bool:
        """False: the first word is the default."""
        return False

    @property
    def expected(self) -> str:
        """The values that it takes."""
        return f"{' or '.join(self.choices)} (default {self.choices[0]})"

    def read(self, spec: FaultSpec) -> str:
        """Its value in a requested fault.

        Raises:
            FaultError: It is none of the words.
        """
        text = spec.parameters.get(self.name, self.choices[0])
        if text not in self.choices:
            raise _wrong(spec, self, text)
        return text


@dataclass(frozen=True, slots=True)
class RequiredParameter(ABC, Generic[_Value]):
    """A parameter without a default.

    Attributes:
        name: Its name in ``name=value``.
        meaning: What it sets.
    """

    name: str
    meaning: str

    @property
    def is_required(self) -> bool:
        """True: it has no default."""
        return True

    @property
    @abstractmethod
    def expected(self) -> str:
        """The values that it takes."""

    @abstractmethod
    def parse(self, text: str) -> _Value | None:
        """The value that a text stands for, or None if it is not accepted."""

    @property
    def fix(self) -> str | None:
        """What to do about a text that is not accepted."""
        return None

    def read(self, spec: FaultSpec) -> _Value:
        """Its value in a requested fault.

        Raises:
            FaultError: It is missing or not accepted.
        """
        text = spec.parameters.get(self.name)
        if text is None:
            raise _missing(spec, self, "...")
        value = self.parse(text)
        if value is None:
            raise _wrong(spec, self, text, self.fix)
        return value


@dataclass(frozen=True, slots=True)
class NameParameter(RequiredParameter[str]):
    """A host name (RFC 1123), in which underscores are allowed, as in names of services."""

    @property
    def expected(self) -> str:
        """The values that it takes."""
        return "a host name without a trailing dot"

    def parse(self, text: str) -> str | None:
        """The name as it is written."""
        return text if len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) else None


@dataclass(frozen=True, slots=True)
class AddressParameter(RequiredParameter[IPv4Address]):
    """An IPv4 address that cannot belong to a stranger: loopback, or a private range (RFC 1918)."""

    @property
    def expected(self) -> str:
        """The values that it takes."""
        return f"an IPv4 address in {', '.join(map(str, _ALLOWED_NETWORKS))}"

    def parse(self, text: str) -> IPv4Address | None:
        """The address."""
        try:
            address = IPv4Address(text)
        except AddressValueError:
            return None
        return address if any(address in network for network in _ALLOWED_NETWORKS) else None

    @property
    def fix(self) -> str:
        """Why other addresses are refused."""
        return "choose an address that sends no traffic out of the stack's own networks"


def _wrong(spec: FaultSpec, parameter: Parameter, text: str, fix: str | None = None) -> FaultError:
    return FaultError(f"fault '{spec}': expected {parameter.name} to be {parameter.expected}, saw {text!r}", fix=fix)


def _missing(spec: FaultSpec, parameter: Parameter, example: str) -> FaultError:
    return FaultError(
        f"fault '{spec}': {parameter.name} is required: {parameter.expected}", fix=f"add {parameter.name}={example}"
    )


def refuse_unknown(spec: FaultSpec, known: Iterable[Parameter]) -> None:
    """Refuse a fault that is given a parameter that its kind does not have.

    Raises:
        FaultError: It is; the message lists the known parameters.
    """
    names = {parameter.name: parameter for parameter in known}
    for name in spec.parameters:
        if name not in names:
            listed = "; ".join(f"{each.name}: {each.expected}" for each in names.values()) or "none"
            raise FaultError(f"fault {spec.kind!r} has no parameter {name!r}; it has: {listed}")
