"""What a server of the socket protocol keeps: the files that it acknowledged, and its contract."""

from collections.abc import Mapping

from stackproof.protocols.mime.contract import PROPERTIES, Contract, ContractProperty, MimeLimits

MIME_PROPERTIES: Mapping[str, ContractProperty] = {each.id: each for each in PROPERTIES}
"""The properties of the socket protocol's contract, by id."""

_USUAL = MimeLimits()


def mime_contract(
    target: str,
    seed: int = 0,
    frames: int = 2000,
    *,
    max_size_bytes: int = _USUAL.max_size_bytes,
    refusals: tuple[str, ...] = _USUAL.refusals,
) -> Contract:
    """The contract of a server of the socket protocol, to be tested with ``.check()``.

    Args:
        target: ``mime://host:port``.
        seed: The same seed makes the same input.
        frames: How many wrong frames are tried; conversations and crowds are in proportion.
        max_size_bytes: Every file must be smaller than this.
        refusals: Error codes with which the server may refuse any file, such as ``policy_refused``.
    """
    return Contract(target, seed, frames, MimeLimits(max_size_bytes=max_size_bytes, refusals=refusals))
