"""What a server of the socket protocol keeps: the files that it acknowledged, and its contract."""

from collections.abc import Mapping
from functools import partial

from stackproof.protocols.mime import Ledger, LedgerReport, MimeConnection, fetch_from, verify
from stackproof.protocols.mime.contract import PROPERTIES, Contract, Limits, Property

MIME_PROPERTIES: Mapping[str, Property] = {each.id: each for each in PROPERTIES}
"""The properties of the socket protocol's contract, by id."""

_USUAL = Limits()


def mime_contract(
    target: str,
    seed: int = 0,
    frames: int = 2000,
    *,
    max_size_bytes: int = _USUAL.max_size_bytes,
    refusals: tuple[str, ...] = _USUAL.refusals,
) -> Contract:
    """The contract of a server of the socket protocol, to be tried with ``.attempt()``.

    Args:
        target: ``mime://host:port``.
        seed: The same seed makes the same input.
        frames: How many wrong frames are tried; conversations and crowds are in proportion.
        max_size_bytes: Every file must be smaller than this.
        refusals: Error codes with which the server may refuse any file, such as ``policy_refused``.
    """
    return Contract(target, seed, frames, Limits(max_size_bytes=max_size_bytes, refusals=refusals))


def verify_ledger(ledger: Ledger, connection: MimeConnection) -> LedgerReport:
    """Compare every acknowledged file, by digest, with what the server gives back.

    Raises:
        OSError: The network failed.
        MimeError: The server's answer breaks the protocol.
    """
    return verify(ledger, partial(fetch_from, connection))
