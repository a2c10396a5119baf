"""What ``stackproof contract`` asks of a protocol that has a contract."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from stackproof.protocols.command_options import CommandOption


@dataclass(frozen=True, slots=True)
class PropertyResult:
    """One property of a contract, after it was tested.

    Attributes:
        id: Its name.
        claim: What it claims, as a sentence.
        cases: How many cases were tried.
        unit: What the cases are, in the plural.
        took_s: How long it took, in seconds.
        why: What was expected and what was seen; empty if the property holds.
        script: The smallest failing script, one step an entry; empty if the property holds, or no script is to blame.
        test: The script as a Python test that can be pasted; empty if there is no script.
        explanation: The failure for a person to read; empty if the property holds.
    """

    id: str
    claim: str
    cases: int
    unit: str
    took_s: float
    why: str = ""
    script: tuple[str, ...] = ()
    test: str = ""
    explanation: str = ""

    def __str__(self) -> str:
        verdict = "FAIL" if self.why else "ok"
        return f"{verdict:<5}{self.id:<14}{self.cases:>6} {self.unit}, {self.took_s:.1f} s"


class ServiceContract(Protocol):
    """A contract, ready to be tested on one server."""

    def check(self) -> Iterator[PropertyResult]:
        """Test every property in turn, those after a broken one too.

        Raises:
            StackproofError: No server answers that speaks the protocol, so nothing was tested.
        """


@dataclass(frozen=True, slots=True)
class ContractSettings:
    """Settings that every contract has.

    Attributes:
        seed: The same seed tries the same cases.
        deadline_s: How long an answer may take, in seconds: a bound on hanging, not a promise of speed.
        shrink_s: How long a failure is made smaller, in seconds.
    """

    seed: int = 0
    deadline_s: float = 10.0
    shrink_s: float = 30.0


@dataclass(frozen=True, slots=True)
class ContractOffer:
    """The contract of a protocol, before a target is known.

    Attributes:
        terms_type: A dataclass with the settings of this contract alone; each field has a default.
        options: Options of ``stackproof contract`` that set fields of ``terms_type``.
        open: Prepares the contract for a target with the common settings and an object of ``terms_type``.
    """

    terms_type: type[Any]
    options: Sequence[CommandOption]
    open: Callable[[str, ContractSettings, Any], ServiceContract]
