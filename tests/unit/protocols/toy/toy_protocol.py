"""A protocol that another package brings: one line out, the same line back in capitals."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socket import create_connection

from stackproof.model import DeclarationError, Outcome
from stackproof.protocols import (
    AnswerReader,
    CommandOption,
    ContractOffer,
    ContractSettings,
    ExchangeResult,
    Fetch,
    LoadDialect,
    OptionKind,
    OutgoingRequest,
    PropertyResult,
    RequestSpec,
    ServiceProtocol,
    StoreReader,
    Target,
)


@dataclass(frozen=True, slots=True)
class ToyRequest(RequestSpec):
    """The line that a load sends.

    Attributes:
        word: The word on it.
        repeat: How often it stands there.
    """

    word: str = "hello"
    repeat: int = 1

    def __post_init__(self) -> None:
        if not self.word.isalpha():
            raise DeclarationError(f"expected a word of letters, saw {self.word!r}")


class ToyDialect:
    """Sends the same line every time."""

    def __init__(self, request: ToyRequest) -> None:
        line = (request.word * request.repeat).encode() + b"\n"
        self._request = OutgoingRequest((line,))
        self._expected = line.upper()

    def request(self, _number: int) -> OutgoingRequest:
        """Return the line."""
        return self._request

    def reader(self) -> AnswerReader:
        """Create the reader of a connection; for the word ``broken`` it has a bug."""
        if self._expected == b"BROKEN\n":
            raise ZeroDivisionError
        return ToyReader(self._expected)


class ToyReader:
    """Reads one line an answer."""

    def __init__(self, expected: bytes) -> None:
        self._expected = expected
        self._line = b""

    def expect(self, _request: OutgoingRequest) -> None:
        """Begin a new answer."""
        self._line = b""

    def feed(self, data: bytes) -> ExchangeResult | None:
        """Take bytes; the line feed completes the answer."""
        self._line += data
        if not self._line.endswith(b"\n"):
            return None
        if self._line != self._expected:
            return ExchangeResult(Outcome.WRONG, "other word")
        return ExchangeResult(Outcome.OK, reusable=True, stored_as=self._line.decode().strip())

    def end(self) -> ExchangeResult:
        """Judge the end of the connection."""
        return ExchangeResult(Outcome.CLOSED)


@dataclass(frozen=True, slots=True)
class ToyTerms:
    """The setting of the toy's contract."""

    words: tuple[str, ...] = ("one", "two")


class ToyContract:
    """Every word comes back in capitals."""

    def __init__(self, target: str, settings: ContractSettings, terms: ToyTerms) -> None:
        self._where = TOY.read_target(target)
        self._settings = settings
        self._terms = terms

    def check(self) -> Iterator[PropertyResult]:
        """Try each word once."""
        wrong = [word for word in self._terms.words if self._answer(word) != word.upper()]
        why = f"expected {wrong[0].upper()}, saw another word" if wrong else ""
        claim = "every word comes back in capitals"
        yield PropertyResult("capitals", claim, len(self._terms.words), "words", 0.0, why, explanation=why)

    def _answer(self, word: str) -> str:
        with create_connection((self._where.host, self._where.port), self._settings.deadline_s) as connection:
            connection.sendall(f"{word}\n".encode())
            return connection.makefile().readline().strip()


@contextmanager
def _open_store(_target: Target, _timeout_s: float) -> Iterator[Fetch]:
    yield lambda name: name.lower().encode()


class _Toy(ServiceProtocol[ToyRequest]):
    name = "toy"
    default_ports = {"toy": 7}  # noqa: RUF012 - a constant of the protocol
    target_form = "toy://host[:port]"
    request_type = ToyRequest
    load_options = (
        CommandOption("--word", "word", OptionKind.TEXT, "toy: the word that is sent; hello by default."),
        CommandOption("--size", "repeat", OptionKind.WHOLE_NUMBER, "toy: how often the word is repeated."),
        CommandOption("--body", "repeat", OptionKind.WHOLE_NUMBER, "toy: another meaning than http's."),
    )

    def dialect(self, target: Target, request: ToyRequest) -> LoadDialect:
        """Return the dialect."""
        del target
        return ToyDialect(request)

    def contract(self) -> ContractOffer:
        """Return the contract."""
        option = CommandOption("--try", "words", OptionKind.TEXTS, "A word to try.", "WORD", convert=tuple)
        return ContractOffer(ToyTerms, (option,), ToyContract)

    def store_reader(self) -> StoreReader:
        """Return what reads a word back."""
        return _open_store


TOY = _Toy()
