"""The interface of a protocol: what the load generator and the command line ask of it.

A protocol is one folder, here or in another package, with one object: an instance of a subclass of ``ServiceProtocol``.
An entry point in the group ``stackproof.protocols`` names that object for each scheme. docs/extending/protocol.md lists
the files, and what each holds.
"""

import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from stackproof.model import Outcome
from stackproof.protocols.command_options import CommandOption
from stackproof.protocols.contract_offer import ContractOffer
from stackproof.protocols.ledger import Fetch
from stackproof.protocols.target import Target, split_target


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """One request, ready to be written.

    Attributes:
        chunks: Its bytes.
        size_bytes: Size of the file that it carries; 0 if the protocol has no files.
        sha256: Digest of that file, in hex; empty if the protocol has no files.
    """

    chunks: tuple[bytes, ...]
    size_bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeResult:
    """How a request ended.

    Attributes:
        outcome: How it ended.
        detail: The status, code or name of the error; empty for a success.
        reusable: True if the next request may follow on the same connection.
        stored_as: The name under which the server acknowledged the request's file. With the request's size and digest
            it becomes an entry of the load's ledger. Empty if the server acknowledged no file.
    """

    outcome: Outcome
    detail: str = ""
    reusable: bool = False
    stored_as: str = ""


class AnswerReader(Protocol):
    """Reads the answers on one connection, one after the other. Does no I/O of its own."""

    def expect(self, request: OutgoingRequest) -> None:
        """Prepare for the answer to this request."""

    def feed(self, data: bytes) -> ExchangeResult | None:
        """Take the next bytes; return the result once the answer is complete."""

    def end(self) -> ExchangeResult:
        """Return the result of the current request if the server closes the connection now."""


class LoadDialect(Protocol):
    """A protocol as a load speaks it: bytes out, bytes in. Runs in the load's own process."""

    def request(self, number: int) -> OutgoingRequest:
        """Build the request with this number, from 0. Called at the moment of sending, so it has to be fast."""

    def reader(self) -> AnswerReader:
        """Create the reader for a new connection."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address that connections go to.

    Attributes:
        host: Host name or address.
        port: TCP port.
        tls: TLS settings; None for a plain connection.
        server_name: Name that the certificate must have; None without TLS.
    """

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    server_name: str | None = None


class RequestSpec:
    """What a load sends to a target.

    A protocol derives its own frozen dataclass from it. Each field needs a default. The object is pickled for the
    load's process, so its class has to stand in a module that this process can import.
    """

    __slots__ = ()


SpecT = TypeVar("SpecT", bound=RequestSpec)
StoreReader = Callable[[Target, float], AbstractContextManager[Fetch]]
"""Opens a client on a target, with a timeout in seconds; the block gets a function that fetches a stored file."""


class ServiceProtocol(ABC, Generic[SpecT]):
    """One protocol. The required parts are the class attributes and ``dialect``; the rest has defaults.

    Attributes:
        name: Name in help and messages.
        default_ports: Every scheme of the protocol with its default port; None if a target has to name the port.
        target_form: How a target is written, such as ``mime://host:port``.
        request_type: What a load sends; without arguments it gives the default request.
        load_options: Options of ``stackproof load`` that set fields of ``request_type``.
    """

    name: ClassVar[str]
    default_ports: ClassVar[Mapping[str, int | None]]
    target_form: ClassVar[str]
    request_type: type[SpecT]
    load_options: ClassVar[Sequence[CommandOption]] = ()

    def read_target(self, text: str) -> Target:
        """Parse a target. Override it to refuse parts that the protocol has no use for.

        Raises:
            DeclarationError: The target is malformed.
        """
        return split_target(text, self.default_ports, self.target_form)

    def endpoint(self, target: Target, request: SpecT) -> Endpoint:
        """Return the address for connections. Override it for TLS.

        Raises:
            DeclarationError: Something that the request names, such as a file of certificates, cannot be read.
        """
        del request
        return Endpoint(target.host, target.port)

    @abstractmethod
    def dialect(self, target: Target, request: SpecT) -> LoadDialect:
        """Return the dialect of a load that sends this request to this target."""

    def contract(self) -> ContractOffer | None:
        """Return the protocol's contract, for ``stackproof contract``; None if it has none.

        Import what the contract needs in here: it is needed by one command only.
        """
        return None

    def store_reader(self) -> StoreReader | None:
        """Return what reads stored files back, to verify a ledger; None if the protocol stores no files."""
        return None
