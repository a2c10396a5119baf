"""What a fault can be told: names, units, bounds and defaults, and the reading of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from stackproof.model import FaultError, FaultSpec


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
        unit: Its unit, in words.
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
        return f"{number} of {self.unit} from {self.minimum} to {self.maximum}{default}"

    def read(self, spec: FaultSpec) -> int:
        """Its value in a fault that is asked for.

        Raises:
            FaultError: It is missing, no number, or out of bounds.
        """
        text = spec.parameters.get(self.name)
        if text is None:
            return self._default(spec)
        value = int(text) if text.isascii() and text.isdecimal() else None
        if value is None or not self.minimum <= value <= self.maximum or value % self.step:
            raise FaultError(f"fault '{spec}': expected {self.name} to be {self.expected}, saw {text!r}")
        return value

    def _default(self, spec: FaultSpec) -> int:
        if self.default is None:
            raise FaultError(
                f"fault '{spec}': expected {self.name}, {self.expected}, it is not given",
                fix=f"add {self.name}={self.minimum} or more",
            )
        return self.default


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
