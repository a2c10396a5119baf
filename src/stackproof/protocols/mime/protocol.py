"""The socket protocol as a protocol of stackproof."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from stackproof.protocols.command_options import CommandOption, OptionKind
from stackproof.protocols.contract_offer import ContractOffer
from stackproof.protocols.interface import ServiceProtocol, StoreReader
from stackproof.protocols.ledger import Fetch
from stackproof.protocols.mime.client import MimeConnection, fetch_from
from stackproof.protocols.mime.dialect import MimeDialect
from stackproof.protocols.mime.mime_target import DEFAULT_PORTS, TARGET_FORM, mime_target
from stackproof.protocols.mime.upload import Upload
from stackproof.protocols.target import Target


class _Mime(ServiceProtocol[Upload]):
    name = "mime"
    default_ports = DEFAULT_PORTS
    target_form = TARGET_FORM
    request_type = Upload
    load_options = (
        CommandOption(
            "--size", "size_bytes", OptionKind.WHOLE_NUMBER, "mime: size of each file, in bytes; 1024 by default."
        ),
        CommandOption("--mime-type", "mime_type", OptionKind.TEXT, "mime: type of each file; text/plain by default."),
    )

    def read_target(self, text: str) -> Target:
        """Parse a target; it has no path.

        Raises:
            DeclarationError: The target is malformed, or has a path.
        """
        return mime_target(text)

    def dialect(self, target: Target, request: Upload) -> MimeDialect:
        """Return the dialect of a load that sends such files."""
        del target
        return MimeDialect(request)

    def contract(self) -> ContractOffer:
        """Return the contract of docs/protocol.md."""
        from stackproof.protocols.mime.contract.offer import OFFER  # noqa: PLC0415 - imports Hypothesis: 0.8 s

        return OFFER

    def store_reader(self) -> StoreReader:
        """Return what reads stored files back over one connection."""
        return _open_store


@contextmanager
def _open_store(target: Target, timeout_s: float) -> Iterator[Fetch]:
    with MimeConnection(target.host, target.port, timeout_s) as connection:
        yield partial(fetch_from, connection)


MIME = _Mime()
